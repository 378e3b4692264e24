import {
  CodeDeployClient,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  LambdaClient,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { rollBack } from '../../../../scripts/lib/rollback/rollback.ts';

const region = 'eu-central-1';
const outputs = {
  apiUrl: 'https://api.example.com/',
  apiKeyId: undefined,
  functionName: 'classify',
  alias: 'live',
  deployment: { application: 'app', group: 'group' },
};
const lambda = new LambdaClient({ region });
const codeDeploy = new CodeDeployClient({ region });
const lambdaMock = mockClient(lambda);
const codeDeployMock = mockClient(codeDeploy);

/** The SDK's own type of a payload has methods that nothing here uses. */
const payload = (body: object) => new TextEncoder().encode(JSON.stringify(body)) as never;
const named = (name: string) => Object.assign(new Error(name), { name });

function start(options: { to?: string; answer?: boolean } = {}) {
  const said: string[] = [];
  const asked: string[] = [];
  const result = rollBack({
    lambda,
    codeDeploy,
    outputs,
    ...options,
    confirm: async (question) => {
      asked.push(question);
      return options.answer ?? true;
    },
    say: (line) => said.push(line),
    pauseMs: 0,
  });
  return { result, said, asked };
}

beforeEach(() => {
  lambdaMock.reset();
  codeDeployMock.reset();
  codeDeployMock.on(ListDeploymentsCommand).resolves({ deployments: [] });
  lambdaMock
    .on(ListVersionsByFunctionCommand)
    .resolvesOnce({ Versions: [{ Version: '$LATEST' }, { Version: '6' }], NextMarker: 'more' })
    .resolves({ Versions: [{ Version: '7' }] });
  lambdaMock.on(GetAliasCommand).resolvesOnce({ FunctionVersion: '7', RevisionId: 'seven' });
  lambdaMock.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  lambdaMock.on(InvokeCommand).resolves({ Payload: payload({ statusCode: 200, body: '{}' }) });
  lambdaMock.on(UpdateAliasCommand).resolves({});
});

describe('with no deployment running', () => {
  it('moves the alias to the previous version, and waits until its environments are warm', async () => {
    lambdaMock
      .on(GetAliasCommand)
      .resolvesOnce({ FunctionVersion: '7', RevisionId: 'seven' })
      .resolvesOnce({ FunctionVersion: '6', RoutingConfig: { AdditionalVersionWeights: { '7': 1 } } })
      .resolves({ FunctionVersion: '6' });
    lambdaMock
      .on(GetProvisionedConcurrencyConfigCommand, { FunctionName: 'classify', Qualifier: 'live' })
      .resolvesOnce({ Status: 'READY' })
      .resolvesOnce({ Status: 'IN_PROGRESS' })
      .resolves({ Status: 'READY' });
    const { result, asked } = start();
    expect(await result).toBe(true);
    expect(asked).toEqual(['Move live from version 7 to version 6?']);
    expect(lambdaMock.commandCalls(UpdateAliasCommand).map(({ args }) => args[0].input)).toEqual([
      {
        FunctionName: 'classify',
        Name: 'live',
        FunctionVersion: '6',
        RoutingConfig: { AdditionalVersionWeights: {} },
        RevisionId: 'seven',
      },
    ]);
    expect(lambdaMock.commandCalls(GetProvisionedConcurrencyConfigCommand)).toHaveLength(3);
  });

  it('moves the alias without warm environments', async () => {
    lambdaMock.on(GetAliasCommand).resolvesOnce({ FunctionVersion: '7' }).resolves({ FunctionVersion: '6' });
    lambdaMock
      .on(GetProvisionedConcurrencyConfigCommand)
      .rejects(named('ProvisionedConcurrencyConfigNotFoundException'));
    expect(await start().result).toBe(true);
  });

  it('fails if the environments cannot be started', async () => {
    lambdaMock.on(GetAliasCommand).resolvesOnce({ FunctionVersion: '7' }).resolves({ FunctionVersion: '6' });
    lambdaMock.on(GetProvisionedConcurrencyConfigCommand).resolves({ Status: 'FAILED' });
    await expect(start().result).rejects.toThrow('version 6 cannot be kept warm');
  });

  it('does nothing without confirmation', async () => {
    expect(await start({ answer: false }).result).toBe(false);
    expect(lambdaMock.commandCalls(UpdateAliasCommand)).toEqual([]);
  });

  it('wakes a version that has been idle before it moves the alias', async () => {
    lambdaMock.on(GetAliasCommand).resolvesOnce({ FunctionVersion: '7' }).resolves({ FunctionVersion: '6' });
    lambdaMock.on(GetProvisionedConcurrencyConfigCommand).resolves({ Status: 'READY' });
    lambdaMock
      .on(GetFunctionConfigurationCommand, { FunctionName: 'classify:6' })
      .resolvesOnce({ State: 'Inactive' })
      .resolves({ State: 'Active' });
    lambdaMock
      .on(InvokeCommand)
      .rejectsOnce(named('ResourceNotReadyException'))
      .resolves({ Payload: payload({ statusCode: 200, body: '{}' }) });
    expect(await start().result).toBe(true);
    expect(lambdaMock.commandCalls(InvokeCommand)).toHaveLength(2);
  });

  it('does not move to a version that is not ready', async () => {
    lambdaMock
      .on(InvokeCommand)
      .resolves({ Payload: payload({ statusCode: 503, body: '{"code":"not_ready"}' }) });
    await expect(start().result).rejects.toThrow(
      'expected version 6 to be ready, got 503: {"code":"not_ready"}',
    );
    expect(lambdaMock.commandCalls(UpdateAliasCommand)).toEqual([]);
  });
});

describe('with a deployment running', () => {
  beforeEach(() => {
    codeDeployMock
      .on(ListDeploymentsCommand, { applicationName: 'app', deploymentGroupName: 'group' })
      .resolves({ deployments: ['d-1'] });
    codeDeployMock
      .on(GetDeploymentCommand, { deploymentId: 'd-1' })
      .resolvesOnce({ deploymentInfo: { status: 'InProgress' } })
      .resolves({ deploymentInfo: { status: 'Stopped', rollbackInfo: { rollbackDeploymentId: 'd-2' } } });
  });

  it('stops it, waits for its rollback, and leaves the alias to CodeDeploy', async () => {
    codeDeployMock
      .on(GetDeploymentCommand, { deploymentId: 'd-2' })
      .resolvesOnce({ deploymentInfo: { status: 'InProgress' } })
      .resolves({ deploymentInfo: { status: 'Succeeded' } });
    const { result, asked } = start();
    expect(await result).toBe(true);
    expect(asked).toEqual(['Stop deployment d-1 and take its traffic back?']);
    expect(codeDeployMock.commandCalls(StopDeploymentCommand)[0]?.args[0].input).toEqual({
      deploymentId: 'd-1',
      autoRollbackEnabled: true,
    });
    expect(codeDeployMock.commandCalls(GetDeploymentCommand)).toHaveLength(4);
    expect(lambdaMock.calls()).toEqual([]);
  });

  it('fails if the rollback fails', async () => {
    codeDeployMock.on(GetDeploymentCommand, { deploymentId: 'd-2' }).resolves({
      deploymentInfo: { status: 'Failed', errorInformation: { message: 'no alias' } },
    });
    await expect(start().result).rejects.toThrow('the rollback d-2 is Failed: no alias');
  });

  it('refuses --to, which CodeDeploy does not support', async () => {
    await expect(start({ to: '6' }).result).rejects.toThrow('deployment d-1 is running');
    expect(codeDeployMock.commandCalls(StopDeploymentCommand)).toEqual([]);
  });
});
