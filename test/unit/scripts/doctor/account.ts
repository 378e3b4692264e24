import {
  APIGatewayClient,
  GetApiKeyCommand,
  GetUsageCommand,
  GetUsagePlanKeysCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  type DeploymentInfo,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';

const region = 'eu-central-1';
export const NOW = new Date('2026-11-27T12:00:00Z');
export const COMMIT = 'a'.repeat(40);
const DIGEST = `sha256:${'b'.repeat(64)}`;
const ECR = `111122223333.dkr.ecr.${region}.amazonaws.com/resnet50-images`;
export const MACHINE = `arn:aws:states:${region}:111122223333:stateMachine:resnet50-prod-jobs`;

export const deployment = (
  id: string,
  status: DeploymentInfo['status'],
  createTime: string,
): DeploymentInfo => ({
  deploymentId: id,
  ...(status === undefined ? {} : { status }),
  createTime: new Date(createTime),
});

/** A deployed stage in which all is well, with the mocks of its clients. @param apiUrl of the service. */
export function healthyAccount(apiUrl: string) {
  const cloudFormation = new CloudFormationClient({ region });
  const cloudWatch = new CloudWatchClient({ region });
  const codeDeploy = new CodeDeployClient({ region });
  const ecr = new ECRClient({ region });
  const gateway = new APIGatewayClient({ region });
  const lambda = new LambdaClient({ region });
  const sfn = new SFNClient({ region });
  const sns = new SNSClient({ region });
  const ssm = new SSMClient({ region });
  const outputs = {
    ApiUrl: apiUrl,
    Auth: 'api-key',
    ApiKeyId: 'own',
    UsagePlanId: 'plan',
    AliasArn: `arn:aws:lambda:${region}:111122223333:function:classify:live`,
    DeploymentApplication: 'app',
    DeploymentGroup: 'group',
    LiveVersion: '42',
    DashboardUrl: 'https://example.com/dashboard',
    AlertsTopicArn: `arn:aws:sns:${region}:111122223333:alerts`,
    PagingTopicArn: `arn:aws:sns:${region}:111122223333:pages`,
    JobsStateMachineArn: MACHINE,
  };
  const stack: Stack = {
    StackName: 'resnet50-prod',
    CreationTime: new Date(0),
    StackStatus: 'UPDATE_COMPLETE',
    DriftInformation: { StackDriftStatus: 'IN_SYNC', LastCheckTimestamp: new Date('2026-11-27T03:00:00Z') },
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  };
  const mocks = {
    cloudFormation: mockClient(cloudFormation),
    cloudWatch: mockClient(cloudWatch),
    codeDeploy: mockClient(codeDeploy),
    gateway: mockClient(gateway),
    lambda: mockClient(lambda),
    sfn: mockClient(sfn),
    sns: mockClient(sns),
    ssm: mockClient(ssm),
  };
  mocks.cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  mocks.cloudWatch
    .on(DescribeAlarmsCommand, { AlarmNamePrefix: 'resnet50-prod-' })
    .resolves({ MetricAlarms: [{ AlarmName: 'resnet50-prod-cpu', StateValue: 'OK', ActionsEnabled: true }] });
  mocks.cloudWatch.on(GetMetricStatisticsCommand).resolves({ Datapoints: [{ Maximum: 37 }] });
  mocks.codeDeploy.on(ListDeploymentsCommand).resolves({ deployments: ['d-1', 'd-2'] });
  mocks.codeDeploy.on(BatchGetDeploymentsCommand).resolves({
    deploymentsInfo: [
      deployment('d-1', 'Failed', '2026-11-25T10:00:00Z'),
      deployment('d-2', 'Succeeded', '2026-11-26T10:00:00Z'),
    ],
  });
  mockClient(ecr)
    .on(DescribeImagesCommand)
    .resolves({ imageDetails: [{ imageTags: [`${COMMIT}-x86_64`] }] });
  mocks.gateway.on(GetUsagePlanKeysCommand).resolves({
    items: [
      { id: 'own', name: 'smoke', value: 'secret-1' },
      { id: 'two', name: 'acme', value: 'secret-2' },
    ],
  });
  mocks.gateway.on(GetApiKeyCommand, { apiKey: 'own' }).resolves({ enabled: true, value: 'secret-1' });
  mocks.gateway.on(GetApiKeyCommand, { apiKey: 'two' }).resolves({ enabled: false, value: 'secret-2' });
  mocks.gateway.on(GetUsageCommand).resolves({ items: { two: [[100_000, 0]] } });
  mocks.lambda.on(GetFunctionCommand).resolves({
    Configuration: { Version: '42', LastModified: '2026-11-26T10:00:00Z' },
    Code: { ResolvedImageUri: `${ECR}@${DIGEST}` },
  });
  mocks.lambda.on(GetAliasCommand).resolves({ FunctionVersion: '42' });
  mocks.lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit: { ConcurrentExecutions: 1000 } });
  mocks.sfn.on(ListExecutionsCommand).resolves({ executions: [] });
  mocks.sns.on(ListSubscriptionsByTopicCommand).resolves({
    Subscriptions: [{ SubscriptionArn: 'arn:aws:sns:eu-central-1:111122223333:alerts:1' }],
  });
  mocks.ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '42,41' } });
  return {
    clients: { cloudFormation, cloudWatch, codeDeploy, ecrOf: () => ecr, gateway, lambda, sfn, sns, ssm },
    mocks,
    stack,
  };
}
