import { Validations } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { SnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { QualityEnvironment } from '../../lambda/operations/quality/settings.ts';
import { bundleIdentity } from '../bundles.ts';
import type { Settings } from '../settings.ts';
import type { Stage } from '../stages.ts';
import { ImageFunction } from './image-function.ts';
import { publishRunbooks, runbookPath } from './monitoring/alarm.ts';
import type { ServiceImage } from './service-image.ts';

/** It waits for a query and counts at most some 10,000 rows. */
const MEMORY_MIB = 256;
/** A query over a day takes seconds, and minutes at 100 requests/s. */
const TIMEOUT_SECONDS = 300;

export interface QualityWatchProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
  readonly watch: Exclude<Settings['qualityWatch'], 'off'>;
  /** The log of the service, which the watch queries. */
  readonly serviceLog: ILogGroup;
  /** Receives a message if a run fails. */
  readonly alerts: ITopic;
}

/** Compares the predictions of each day with the days before it, and records the result as metrics. */
export class QualityWatch extends Construct {
  constructor(scope: Construct, id: string, props: QualityWatchProps) {
    super(scope, id);
    const { image, stage, watch, serviceLog, alerts } = props;
    const { baselineDays, baselineFrom } = watch;
    const { models, runbooksUrl } = stage.settings;
    const model = bundleIdentity(models[0]);
    if (!model) throw new Error(`models/${models[0]}: expected a bundle, as the settings of the stage say`);
    if (runbooksUrl !== 'off') publishRunbooks(this, runbooksUrl);
    const environment: Omit<QualityEnvironment, 'OWN_LOG_GROUP'> = {
      SERVICE_LOG_GROUP: serviceLog.logGroupName,
      WATCHED_MODEL: model.name,
      BASELINE_DAYS: String(baselineDays),
      ...(baselineFrom === 'off' ? {} : { BASELINE_FROM: baselineFrom }),
      DRIFT_PSI: String(stage.settings.alarms.driftPsi),
      STAGE: stage.name,
    };
    const { function: created, logGroup } = new ImageFunction(this, 'Function', {
      image,
      handler: 'quality-watch.handler',
      description: `Compares each day's predictions with the days before it, stage ${stage.name}`,
      memoryMiB: MEMORY_MIB,
      timeoutSeconds: TIMEOUT_SECONDS,
      environment,
      // It calls CloudWatch Logs, which a private network may be unable to reach.
      settings: { ...stage.settings, vpc: 'off' },
    });
    created.addEnvironment('OWN_LOG_GROUP' satisfies keyof QualityEnvironment, logGroup.logGroupName);
    for (const [actions, resource] of [
      [['logs:StartQuery'], serviceLog.logGroupArn],
      [['logs:FilterLogEvents'], logGroup.logGroupArn],
      [['logs:GetQueryResults', 'logs:StopQuery'], '*'],
    ] as const) {
      created.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
    }
    Validations.of(created.role as Role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'logs:StopQuery has no resource type, and AWS’s documents disagree about logs:GetQueryResults (docs/adr/0028). Both need the random id of a query, and this function may start queries of one log group only.',
    });
    // Lambda retries a failed run twice. An alarm on errors would cost as much as all the rest of the watch.
    created.configureAsyncInvoke({ onFailure: new SnsDestination(alerts) });
    new Rule(this, 'Schedule', {
      description: `Runs the quality watch of stage ${stage.name}`,
      // In UTC. The log of the day before is complete by then.
      schedule: Schedule.cron({ hour: '1', minute: '30' }),
      targets: [
        new LambdaFunction(created, {
          event: RuleTargetInput.fromObject({
            time: EventField.time,
            // Lambda's message about a failed run quotes its event.
            about: `Quality watch of ${stage.name}. Runbook of a failed run: ${runbookPath(this, 'prediction-drift')}`,
          }),
        }),
      ],
    });
  }
}
