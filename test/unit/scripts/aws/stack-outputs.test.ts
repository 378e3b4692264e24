import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { findStackOutputs, readStackOutputs } from '../../../../scripts/lib/aws/stack-outputs.ts';

const client = new CloudFormationClient({ region: 'eu-central-1' });
const mock = mockClient(client);
const outputs = (values: Record<string, string>) =>
  mock.on(DescribeStacksCommand, { StackName: 'resnet50-dev' }).resolves({
    Stacks: [
      {
        StackName: 'resnet50-dev',
        CreationTime: new Date(0),
        LastUpdatedTime: new Date(1000),
        Parameters: [
          { ParameterKey: 'BootstrapVersion' },
          { ParameterKey: 'RolledBackToabc', ParameterValue: '7' },
        ],
        StackStatus: 'UPDATE_COMPLETE',
        Outputs: Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
const required = {
  ApiUrl: 'https://abc.execute-api.eu-central-1.amazonaws.com/dev/',
  AliasArn: 'arn:aws:lambda:eu-central-1:111122223333:function:classify:live',
};

describe('the outputs of a CloudFormation stack', () => {
  it('name the function, its alias and the deployment group', async () => {
    outputs({
      ...required,
      Auth: 'api-key',
      ApiKeyId: 'key',
      UsagePlanId: 'plan',
      DeploymentApplication: 'app',
      DeploymentGroup: 'group',
      LiveVersion: '7',
      DashboardUrl: 'https://eu-central-1.console.aws.amazon.com/cloudwatch/home#dashboards',
      AlertsTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alerts',
      PagingTopicArn: 'arn:aws:sns:eu-central-1:111122223333:pages',
    });
    expect(await readStackOutputs(client, 'dev')).toEqual({
      apiUrl: required.ApiUrl,
      auth: 'api-key',
      apiKeyId: 'key',
      usagePlanId: 'plan',
      functionName: 'classify',
      alias: 'live',
      deployment: { application: 'app', group: 'group' },
      liveVersion: '7',
      dashboardUrl: 'https://eu-central-1.console.aws.amazon.com/cloudwatch/home#dashboards',
      alertsTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alerts',
      pagingTopicArn: 'arn:aws:sns:eu-central-1:111122223333:pages',
      stack: {
        name: 'resnet50-dev',
        status: 'UPDATE_COMPLETE',
        updated: new Date(1000),
        parameters: ['BootstrapVersion', 'RolledBackToabc'],
        rollbackParameter: 'RolledBackToabc',
        rolledBackTo: '7',
      },
    });
  });

  it('may lack what the stage does not use', async () => {
    outputs(required);
    expect(await readStackOutputs(client, 'dev')).toMatchObject({
      auth: 'off',
      apiKeyId: undefined,
      deployment: undefined,
    });
  });

  it('of an older template say with the key that the API requires one', async () => {
    outputs({ ...required, ApiKeyId: 'key' });
    expect(await readStackOutputs(client, 'dev')).toMatchObject({ auth: 'api-key', apiKeyId: 'key' });
  });

  it('are named if they are missing', async () => {
    outputs({ ApiUrl: required.ApiUrl });
    await expect(readStackOutputs(client, 'dev')).rejects.toThrow(
      /^resnet50-dev: expected the outputs AliasArn /,
    );
  });
});

describe('the outputs of a stack that may not be deployed yet', () => {
  const inState = (StackStatus: string, values: Record<string, string> = {}) =>
    mock.on(DescribeStacksCommand, { StackName: 'resnet50-dev' }).resolves({
      Stacks: [
        {
          StackName: 'resnet50-dev',
          CreationTime: new Date(0),
          StackStatus: StackStatus as never,
          Outputs: Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
        },
      ],
    });

  // The next cdk deploy deletes a stack that is ROLLBACK_COMPLETE, and begins again.
  it.each([
    'REVIEW_IN_PROGRESS',
    'CREATE_IN_PROGRESS',
    'CREATE_FAILED',
    'ROLLBACK_COMPLETE',
    'DELETE_FAILED',
  ])('are undefined for a stack that is %s', async (status) => {
    inState(status);
    expect(await findStackOutputs(client, 'dev')).toBeUndefined();
  });

  it.each(['CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED'])(
    'are there for a stack that is %s',
    async (status) => {
      inState(status, required);
      expect(await findStackOutputs(client, 'dev')).toMatchObject({ functionName: 'classify' });
    },
  );

  it('are undefined without a stack, and unknown if AWS does not answer', async () => {
    mock.on(DescribeStacksCommand).rejects(new Error('Stack with id resnet50-dev does not exist'));
    expect(await findStackOutputs(client, 'dev')).toBeUndefined();
    mock.on(DescribeStacksCommand).rejects(new Error('Rate exceeded'));
    await expect(findStackOutputs(client, 'dev')).rejects.toThrow('Rate exceeded');
  });
});
