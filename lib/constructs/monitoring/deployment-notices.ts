import { Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILambdaApplication } from 'aws-cdk-lib/aws-codedeploy';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { NONE_HAPPENED, runbookPath, type ThresholdAlarm, thresholdAlarm } from './alarm.ts';

export interface DeploymentNoticesProps {
  readonly application: ILambdaApplication;
  /** By the names that their alarms get. */
  readonly hooks: Readonly<Record<string, IFunction>>;
  readonly topic: ITopic;
}

/**
 * A message for every deployment that fails or is stopped: a hook found a fault, or an alarm went off. It is not
 * an alarm, because CodeDeploy has no metric. If a hook crashes and reports nothing, CodeDeploy waits for an hour,
 * so each hook has an alarm.
 * docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
export class DeploymentNotices extends Construct {
  constructor(scope: Construct, id: string, { application, hooks, topic }: DeploymentNoticesProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    // Chats show nothing but alarms and this form: docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html.
    const message = {
      version: '1.0',
      source: 'custom',
      content: {
        title: `A deployment of ${stackName} did not finish (${EventField.fromPath('$.detail.state')})`,
        description: `${EventField.fromPath('$.detail.deploymentId')}: traffic stays at, or returns to, the previous version. Runbook: ${runbookPath(this, 'deployment-failed')}`,
      },
    };
    for (const [name, hook] of Object.entries(hooks)) {
      const alarm: ThresholdAlarm = {
        name: `hook-failed-${name}`,
        runbook: 'deployment-failed',
        means: `The ${name} hook of a deployment crashed or timed out. CodeDeploy waits up to an hour for its answer.`,
        metric: hook.metricErrors({ statistic: 'Sum', period: Duration.minutes(1) }),
        is: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        missing: NONE_HAPPENED,
      };
      thresholdAlarm(this, alarm, topic);
    }
    new Rule(this, 'Failed', {
      description: `Reports deployments of ${stackName} that fail`,
      eventPattern: {
        source: ['aws.codedeploy'],
        detailType: ['CodeDeploy Deployment State-change Notification'],
        detail: { application: [application.applicationName], state: ['FAILURE', 'STOP'] },
      },
      // CDK's own target would let the rules of any account publish. The topic allows those of this stack.
      targets: [{ bind: () => ({ arn: topic.topicArn, input: RuleTargetInput.fromObject(message) }) }],
    });
  }
}
