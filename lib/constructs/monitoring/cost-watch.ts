import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAnomalyMonitor, CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { Construct } from 'constructs';
import { expectedUsdPerDay } from '../../expected-cost.ts';
import type { Settings } from '../../settings.ts';
import type { NotificationTopic } from './notifications.ts';

/**
 * CloudFormation sets it on every resource. It counts as a cost allocation tag only after somebody has
 * activated it in the account's billing console: docs/deployment.md.
 */
const COST_TAG = 'aws:cloudformation:stack-name';

export interface CostWatchProps {
  readonly stageName: string;
  readonly watch: Exclude<Settings['costWatch'], 'off'>;
  readonly alerts: NotificationTopic;
}

/**
 * Notices about cost: a day above the expected (AWS Budgets), and spending that is unusual (AWS Cost Anomaly
 * Detection). Both are free, and several hours late. docs/adr/0024
 */
export class CostWatch extends Construct {
  constructor(scope: Construct, id: string, { stageName, watch, alerts }: CostWatchProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const { topicArn } = alerts.topic;
    alerts.accept('budgets.amazonaws.com');
    const limit = (expectedUsdPerDay(stageName, watch.requestsPerSecond) * watch.percentOfExpected) / 100;
    new CfnBudget(this, 'Budget', {
      budget: {
        // The message has no room for a link, so the name is that of the runbook.
        budgetName: `${stackName}-cost-above-expected`,
        budgetType: 'COST',
        timeUnit: 'DAILY',
        budgetLimit: { amount: Number(limit.toFixed(2)), unit: 'USD' },
        filterExpression: { tags: { key: COST_TAG, values: [stackName] } },
        metrics: ['UnblendedCost'],
      },
      notificationsWithSubscribers: [
        {
          notification: {
            notificationType: 'ACTUAL',
            comparisonOperator: 'GREATER_THAN',
            // Always all of the limit: a change here would replace the budget, which its name does not allow.
            threshold: 100,
            thresholdType: 'PERCENTAGE',
          },
          subscribers: [{ subscriptionType: 'SNS', address: topicArn }],
        },
      ],
    });
    if (watch.anomalyUsd === 'off') return;
    alerts.accept('costalerts.amazonaws.com');
    // CDK adds no tags to these two, and the policies of a pipeline recognise the stage by its tag.
    const resourceTags = [{ key: 'stage', value: stageName }];
    const monitor = new CfnAnomalyMonitor(this, 'Anomalies', {
      resourceTags,
      monitorName: `${stackName}-cost-above-expected`,
      monitorType: 'CUSTOM',
      monitorSpecification: JSON.stringify({ Tags: { Key: COST_TAG, Values: [stackName] } }),
    });
    new CfnAnomalySubscription(this, 'AnomalyNotices', {
      resourceTags,
      subscriptionName: `${stackName}-cost-above-expected`,
      // SNS is possible with IMMEDIATE only.
      frequency: 'IMMEDIATE',
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'SNS', address: topicArn }],
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: [String(watch.anomalyUsd)],
        },
      }),
    });
  }
}
