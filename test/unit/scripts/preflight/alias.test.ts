import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkAlias } from '../../../../scripts/lib/preflight/alias.ts';

const region = 'eu-central-1';
const cloudFormation = new CloudFormationClient({ region });
const lambda = new LambdaClient({ region });
const formationMock = mockClient(cloudFormation);
const lambdaMock = mockClient(lambda);

const OUTPUTS = {
  ApiUrl: 'https://abc.execute-api.eu-central-1.amazonaws.com/prod/',
  AliasArn: 'arn:aws:lambda:eu-central-1:111122223333:function:classify:live',
};
const deployed = (outputs: Record<string, string>, rolledBackTo = '') =>
  formationMock.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'resnet50-prod',
        CreationTime: new Date(0),
        StackStatus: 'UPDATE_COMPLETE',
        Parameters: [{ ParameterKey: 'RolledBackToabc', ParameterValue: rolledBackTo }],
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
const check = () => checkAlias(cloudFormation, lambda, 'prod');

beforeEach(() => {
  formationMock.reset();
  lambdaMock.reset();
  lambdaMock.on(GetAliasCommand).resolves({ FunctionVersion: '40' });
});

describe('the alias', () => {
  it('may be where CloudFormation left it', async () => {
    deployed({ ...OUTPUTS, LiveVersion: '40' });
    expect(await check()).toMatchObject({ status: 'ok' });
  });

  it('is a warning after a rollback, because the same code would not move it', async () => {
    deployed({ ...OUTPUTS, LiveVersion: '40' }, '40');
    expect(await check()).toMatchObject({ status: 'warn', found: 'live was rolled back to version 40' });
  });

  it('fails if somebody has moved it by hand, because CodeDeploy would refuse to deploy', async () => {
    deployed({ ...OUTPUTS, LiveVersion: '42' });
    expect(await check()).toEqual({
      status: 'fail',
      found: 'live is on version 40, and CloudFormation expects 42',
      advice: 'To stay on version 40: npm run rollback -- --stage prod --to 40',
    });
  });

  it('may be unknown to a stack of an older template, or not exist', async () => {
    deployed(OUTPUTS);
    expect(await check()).toMatchObject({ status: 'ok' });
    formationMock.on(DescribeStacksCommand).rejects(new Error('Stack with id resnet50-prod does not exist'));
    expect(await check()).toMatchObject({ status: 'ok' });
  });
});
