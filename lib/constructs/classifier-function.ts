import { Annotations, RemovalPolicy } from 'aws-cdk-lib';
import { Alias, type DockerImageFunction, SnapStartConf, type Version } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../lambda/config.ts';
import type { Stage } from '../stages.ts';
import { ImageFunction } from './image-function.ts';
import { InputCaptures } from './input-captures.ts';
import type { Jobs } from './jobs/jobs.ts';
import { keepWarm } from './scaling.ts';
import type { ServiceImage } from './service-image.ts';

/** The alias that clients call. A deployment moves it from one version to the next. */
export const LIVE = 'live';

export interface ClassifierFunctionProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
  /** Undefined if the stage has no jobs. */
  readonly jobs: Pick<Jobs, 'environment' | 'grantUse'> | undefined;
}

/** The classifier function, its current version, and the alias `live` with its provisioned concurrency. */
export class ClassifierFunction extends Construct {
  readonly function: DockerImageFunction;
  readonly version: Version;
  readonly alias: Alias;
  readonly logGroup: LogGroup;
  /** Undefined if the stage captures no images. */
  readonly captures: InputCaptures | undefined;

  constructor(scope: Construct, id: string, { image, stage, jobs }: ClassifierFunctionProps) {
    super(scope, id);
    const { settings } = stage;
    const { inputCapture } = settings;
    this.captures =
      inputCapture === 'off'
        ? undefined
        : new InputCaptures(this, 'Captures', { capture: inputCapture, settings });
    const environment: Environment = {
      STAGE: stage.name,
      MODELS: settings.models.join(),
      LOG_LEVEL: settings.logLevel,
      ...(settings.auth === 'off' ? {} : { AUTH: settings.auth.kind }),
      // lambda/config.ts derives the model's threads from AWS_LAMBDA_FUNCTION_MEMORY_SIZE, which Lambda sets.
      ...(settings.corsOrigins.length > 0 ? { CORS_ORIGINS: settings.corsOrigins.join(',') } : {}),
      ...this.captures?.environment,
      ...jobs?.environment,
    };
    const { reservedConcurrency, coldStart } = settings;
    const {
      function: classifier,
      logGroup,
      role,
    } = new ImageFunction(this, 'Classifier', {
      image,
      handler: 'index.handler',
      description: `Classifies images, stage ${stage.name}`,
      memoryMiB: settings.memoryMiB,
      timeoutSeconds: settings.timeoutSeconds,
      environment,
      settings,
      overrides: {
        // Old versions are kept for rollbacks. They cost nothing and are deleted with the function. A version
        // whose own deployment is rolled back is deleted: Lambda does not publish unchanged code again, so a
        // second attempt at the same change would collide with the version of the first.
        currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
        ...(reservedConcurrency === 'off' ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
        ...(coldStart.kind === 'snapstart' ? { snapStart: SnapStartConf.ON_PUBLISHED_VERSIONS } : {}),
      },
    });
    this.captures?.grantWrite(role);
    jobs?.grantUse(role);
    // The alias below publishes versions.
    Annotations.of(classifier).acknowledgeWarning('@aws-cdk/aws-lambda:snapStartRequirePublish');
    this.function = classifier;
    this.logGroup = logGroup;
    this.version = classifier.currentVersion;
    this.alias = new Alias(this, 'Live', {
      aliasName: LIVE,
      version: this.version,
      ...(coldStart.kind === 'provisioned' ? { provisionedConcurrentExecutions: coldStart.min } : {}),
    });
    if (coldStart.kind === 'provisioned') keepWarm(this.alias, coldStart, settings.probe);
  }
}
