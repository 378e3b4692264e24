import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CodeDeployClient,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import {
  GetAliasCommand,
  GetFunctionCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import { fail, ok } from '../../../../scripts/lib/findings/finding.ts';
import { createSteps } from '../../../../scripts/lib/record/steps.ts';
import { runRollback } from '../../../../scripts/lib/rollback/command.ts';

const region = 'eu-central-1';
const lambda = new LambdaClient({ region });
const codeDeploy = new CodeDeployClient({ region });
const ssm = new SSMClient({ region });
const lambdaMock = mockClient(lambda);
const codeDeployMock = mockClient(codeDeploy);
const ssmMock = mockClient(ssm);

/** Stops a deployment that is running, and then tests. */
function start(smoke = [{ name: 'ready', ...ok('it is') }], confirm = async () => true) {
  return runRollback(
    {
      cloudFormation: new CloudFormationClient({ region }),
      codeDeploy,
      lambda,
      ssm,
      outputs: {
        apiUrl: 'https://api.example.com/',
        auth: 'off',
        apiKeyId: undefined,
        usagePlanId: undefined,
        functionName: 'classify',
        alias: 'live',
        deployment: { application: 'app', group: 'group' },
        liveVersion: '42',
        dashboardUrl: undefined,
        alertsTopicArn: undefined,
        pagingTopicArn: undefined,
        stack: {
          name: 'resnet50-prod',
          status: 'UPDATE_IN_PROGRESS',
          updated: undefined,
          parameters: [],
          rollbackParameter: undefined,
          rolledBackTo: undefined,
        },
      },
      confirm,
      say: () => undefined,
      pauseMs: 0,
    },
    async () => smoke,
    createSteps(() => undefined),
  );
}

beforeEach(() => {
  for (const mock of [lambdaMock, codeDeployMock, ssmMock]) mock.reset();
  codeDeployMock.on(ListDeploymentsCommand).resolves({ deployments: ['d-1'] });
  codeDeployMock.on(StopDeploymentCommand).resolves({});
  codeDeployMock.on(GetDeploymentCommand).resolves({ deploymentInfo: { status: 'Stopped' } });
  lambdaMock.on(GetAliasCommand).resolvesOnce({ FunctionVersion: '42' }).resolves({ FunctionVersion: '41' });
  lambdaMock.on(ListVersionsByFunctionCommand).resolves({ Versions: [] });
  ssmMock.on(GetParameterCommand).resolves({ Parameter: { Value: '41' } });
});

describe('the command of a rollback', () => {
  it('tells the versions before and after, and the image', async () => {
    lambdaMock
      .on(GetFunctionCommand, { FunctionName: 'classify', Qualifier: 'live' })
      .resolves({ Code: { ResolvedImageUri: 'registry/assets@sha256:1' } });
    expect(await start()).toMatchObject({
      outcome: { kind: 'succeeded' },
      image: 'registry/assets@sha256:1',
      versions: { before: '42', after: '41' },
    });
  });

  it('tells that the smoke test failed', async () => {
    const smoke = [{ name: 'ready', ...fail('status 503', 'Look at the log.') }];
    expect(await start(smoke)).toMatchObject({
      outcome: { kind: 'unhealthy', reason: 'ready: status 503', advice: 'Look at the log.' },
    });
  });

  it('tells why it failed, and does not test', async () => {
    codeDeployMock.on(ListDeploymentsCommand).resolves({ deployments: [] });
    expect(await start()).toMatchObject({
      outcome: { kind: 'failed', reason: expect.stringContaining('no version is there but 41') },
    });
  });

  it('tells nothing if a person says no, because nothing happened', async () => {
    expect(await start(undefined, async () => false)).toBeUndefined();
  });

  it('is wrong usage without a person to ask', async () => {
    const nobody = async () => {
      throw new UsageError('add --yes');
    };
    await expect(start(undefined, nobody)).rejects.toThrow(UsageError);
  });
});
