import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { DockerImageFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  type HookEnvironment,
  knownGoodParameter,
  type ShiftEnvironment,
} from '../../lambda/operations/settings.ts';
import type { Stage } from '../stages.ts';
import { type ClassifierFunction, LIVE } from './classifier-function.ts';
import { ImageFunction } from './image-function.ts';
import type { ServiceImage } from './service-image.ts';
import { shiftMinutes, type TrafficShift } from './traffic-shift.ts';

/** These functions run no model; they invoke the function that does. */
const MEMORY_MIB = 512;
/**
 * Enough for Lambda to prepare a version that was idle (2 minutes at most), to start an environment, to load
 * the model and for the smoke test. CodeDeploy itself would wait an hour.
 */
const CHECK_SECONDS = 240;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, "Function timeout". */
const LONGEST_SECONDS = 900;
/** Of a longer shift, only this part gets photos. */
const MOST_SHIFT_MINUTES = 13;

export interface DeliveryFunctionsProps {
  readonly service: Pick<ClassifierFunction, 'function' | 'version'>;
  readonly image: ServiceImage;
  readonly stage: Stage;
  readonly shift: TrafficShift;
}

export interface DeliveryFunctions {
  readonly preHook: DockerImageFunction;
  readonly postHook: DockerImageFunction;
}

interface DeliveryFunction {
  readonly file: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  /** The only version or alias that it may invoke. */
  readonly target: string;
  readonly environment: HookEnvironment | ShiftEnvironment;
}

/** The functions that check a deployment before, during and after the shift of its traffic. */
export function deliveryFunctions(scope: Construct, props: DeliveryFunctionsProps): DeliveryFunctions {
  const { image, stage, shift } = props;
  const { version, function: classifier } = props.service;
  const alias = { arn: `${classifier.functionArn}:${LIVE}`, name: `${classifier.functionName}:${LIVE}` };
  const photos = { PHOTOS_PER_MINUTE: String(shift.photosPerMinute) };
  const expected = {
    EXPECTED_CLASSES: JSON.stringify(stage.settings.canaryClasses),
  } satisfies Partial<HookEnvironment>;

  const create = (id: string, { file, description, ...one }: DeliveryFunction): DockerImageFunction => {
    const { function: created } = new ImageFunction(scope, id, {
      image,
      handler: `${file}.handler`,
      description: `${description}, stage ${stage.name}`,
      memoryMiB: MEMORY_MIB,
      timeoutSeconds: one.timeoutSeconds,
      environment: { ...expected, ...one.environment },
      // It calls the Lambda API, which a private network may be unable to reach.
      settings: { ...stage.settings, vpc: 'off' },
    });
    created.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [one.target] }),
    );
    return created;
  };
  const mayReadState = (created: DockerImageFunction, target: string) =>
    created.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:GetFunctionConfiguration'],
        resources: [classifier.functionArn, target],
      }),
    );

  const minutes = shiftMinutes(shift);
  const traffic =
    minutes > 0 && shift.photosPerMinute > 0
      ? create('Traffic', {
          file: 'canary-traffic',
          description: 'Sends photos while traffic shifts',
          timeoutSeconds: LONGEST_SECONDS,
          target: alias.arn,
          environment: {
            TARGET_FUNCTION: alias.name,
            EXPECTED_VERSION: version.version,
            // It starts a moment before the shift.
            SHIFT_MINUTES: String(Math.min(MOST_SHIFT_MINUTES, minutes + 1)),
            ...photos,
          },
        })
      : undefined;
  const preHook = create('PreTraffic', {
    file: 'pre-traffic',
    description: 'Checks a new version before it gets traffic',
    timeoutSeconds: CHECK_SECONDS,
    target: version.functionArn,
    environment: {
      TARGET_FUNCTION: version.functionArn,
      ...(traffic ? { TRAFFIC_FUNCTION: traffic.functionName } : {}),
    },
  });
  mayReadState(preHook, version.functionArn);
  const postHook = create('PostTraffic', {
    file: 'post-traffic',
    description: 'Checks the alias once traffic has moved',
    timeoutSeconds: CHECK_SECONDS + shift.bakeMinutes * 60,
    target: alias.arn,
    environment: {
      TARGET_FUNCTION: alias.name,
      EXPECTED_VERSION: version.version,
      BAKE_MINUTES: String(shift.bakeMinutes),
      ...photos,
    },
  });
  mayReadState(postHook, alias.arn);
  mayRemember(postHook, classifier);
  if (traffic) {
    preHook.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [traffic.functionArn] }),
    );
    mayStop(traffic);
  }
  return { preHook, postHook };
}

function mayRemember(hook: DockerImageFunction, classifier: DockerImageFunction): void {
  // Named after the function, so that it means nothing to the next function of the stage.
  const parameter = Stack.of(hook).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: knownGoodParameter(classifier.functionName).slice(1),
  });
  hook.addToRolePolicy(
    new PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:PutParameter'], resources: [parameter] }),
  );
}

function mayStop(traffic: DockerImageFunction): void {
  traffic.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  traffic.addToRolePolicy(new PolicyStatement({ actions: ['codedeploy:StopDeployment'], resources: ['*'] }));
  Validations.of(traffic.role as Role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'AWS’s service authorization reference lists no resource type for codedeploy:StopDeployment (docs/adr/0022).',
  });
}
