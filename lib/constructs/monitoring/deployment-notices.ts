import { Stack } from 'aws-cdk-lib';
import type { ILambdaApplication } from 'aws-cdk-lib/aws-codedeploy';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { runbookPath } from './alarm.ts';

export interface DeploymentNoticesProps {
  readonly application: ILambdaApplication;
  readonly topic: ITopic;
}

/**
 * A message for every deployment that fails or is stopped: a hook found a fault, or an alarm went off. It is no
 * alarm, because CodeDeploy has no metric.
 * docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
export class DeploymentNotices extends Construct {
  constructor(scope: Construct, id: string, { application, topic }: DeploymentNoticesProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const text = `A deployment of ${stackName} did not finish (${EventField.fromPath('$.detail.state')}): ${EventField.fromPath('$.detail.deploymentId')}. Traffic stays at, or returns to, the previous version. Runbook: ${runbookPath(this, 'deployment-failed')}`;
    new Rule(this, 'Failed', {
      description: `Reports deployments of ${stackName} that fail`,
      eventPattern: {
        source: ['aws.codedeploy'],
        detailType: ['CodeDeploy Deployment State-change Notification'],
        detail: { application: [application.applicationName], state: ['FAILURE', 'STOP'] },
      },
      // CDK's own target would let the rules of any account publish. The topic allows those of this stack.
      targets: [{ bind: () => ({ arn: topic.topicArn, input: RuleTargetInput.fromText(text) }) }],
    });
  }
}
