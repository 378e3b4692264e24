import { Annotations, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alias, type DockerImageFunction, SnapStartConf, type Version } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../lambda/config.ts';
import type { ColdStart } from '../settings.ts';
import type { Stage } from '../stages.ts';
import { ImageFunction } from './image-function.ts';
import type { ServiceImage } from './service-image.ts';

/** The alias that clients reach; a deployment moves it from one version to the next. */
export const LIVE = 'live';

export interface ClassifierFunctionProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
}

/** The function that classifies, its current version and the alias `live`, kept warm as the stage says. */
export class ClassifierFunction extends Construct {
  readonly function: DockerImageFunction;
  readonly version: Version;
  readonly alias: Alias;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { image, stage }: ClassifierFunctionProps) {
    super(scope, id);
    const { settings } = stage;
    const environment: Environment = {
      STAGE: stage.name,
      LOG_LEVEL: settings.logLevel,
      // The threads of the model follow AWS_LAMBDA_FUNCTION_MEMORY_SIZE, which Lambda sets: lambda/config.ts.
      ...(settings.corsOrigins.length > 0 ? { CORS_ORIGINS: settings.corsOrigins.join(',') } : {}),
    };
    const { reservedConcurrency, coldStart } = settings;
    const { function: classifier, logGroup } = new ImageFunction(this, 'Classifier', {
      image,
      handler: 'index.handler',
      description: `Classifies images, stage ${stage.name}`,
      memoryMiB: settings.memoryMiB,
      timeoutSeconds: settings.timeoutSeconds,
      environment,
      settings,
      overrides: {
        // Versions of the past are what a rollback leads back to; they cost nothing and go with the function. One whose
        // own deployment is taken back goes too: Lambda publishes the same code no second time in a row, so that
        // the next try of the same change would find its version taken.
        currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
        ...(reservedConcurrency === 'off' ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
        ...(coldStart.kind === 'snapstart' ? { snapStart: SnapStartConf.ON_PUBLISHED_VERSIONS } : {}),
      },
    });
    // The alias below is what publishes versions.
    Annotations.of(classifier).acknowledgeWarning('@aws-cdk/aws-lambda:snapStartRequirePublish');
    this.function = classifier;
    this.logGroup = logGroup;
    this.version = classifier.currentVersion;
    this.alias = new Alias(this, 'Live', {
      aliasName: LIVE,
      version: this.version,
      ...(coldStart.kind === 'provisioned' ? { provisionedConcurrentExecutions: coldStart.min } : {}),
    });
    if (coldStart.kind === 'provisioned') keepWarm(this.alias, coldStart);
  }
}

/** Provisioned concurrency that follows its own utilisation between a minimum and a maximum. */
function keepWarm(
  alias: Alias,
  { min, max, targetUtilization, schedules }: ColdStart & { kind: 'provisioned' },
) {
  const scaling = alias.addAutoScaling({ minCapacity: min, maxCapacity: max });
  scaling.scaleOnUtilization({ utilizationTarget: targetUtilization });
  for (const schedule of schedules) {
    scaling.scaleOnSchedule(schedule.name, {
      schedule: Schedule.expression(`cron(${schedule.cron})`),
      timeZone: TimeZone.of(schedule.timeZone),
      minCapacity: schedule.min,
      maxCapacity: schedule.max,
    });
  }
}
