import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
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
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { rollBack } from '../../../../scripts/lib/rollback/rollback.ts';

const region = 'eu-central-1';
const outputs = {
  apiUrl: 'https://api.example.com/',
  auth: 'off' as const,
  apiKeyId: undefined,
  usagePlanId: undefined,
  functionName: 'classify',
  alias: 'live',
  deployment: { application: 'app', group: 'group' },
  liveVersion: '7',
  dashboardUrl: undefined,
  alertsTopicArn: undefined,
  pagingTopicArn: undefined,
  stack: {
    name: 'resnet50-prod',
    status: 'UPDATE_COMPLETE',
    updated: new Date('2026-11-27T10:00:00Z'),
    parameters: ['BootstrapVersion', 'RolledBackToabc'],
    rollbackParameter: 'RolledBackToabc',
    rolledBackTo: undefined,
  },
};
const cloudFormation = new CloudFormationClient({ region });
const ssm = new SSMClient({ region });
const formationMock = mockClient(cloudFormation);
const ssmMock = mockClient(ssm);
const lambda = new LambdaClient({ region });
const codeDeploy = new CodeDeployClient({ region });
const lambdaMock = mockClient(lambda);
const codeDeployMock = mockClient(codeDeploy);

/** The SDK's own type of a payload has methods that nothing here uses. */
const payload = (body: object) => new TextEncoder().encode(JSON.stringify(body)) as never;
const named = (name: string) => Object.assign(new Error(name), { name });

interface Options {
  readonly to?: string;
  readonly answer?: boolean;
  readonly changes?: Partial<typeof outputs>;
}

function start({ changes = {}, ...options }: Options = {}) {
  const said: string[] = [];
  const asked: string[] = [];
  const result = rollBack({
    cloudFormation,
    codeDeploy,
    lambda,
    ssm,
    outputs: { ...outputs, ...changes },
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

const stackIs = (...statuses: readonly string[]) => {
  const answers = statuses.map((StackStatus) => ({
    Stacks: [{ StackName: 'resnet50-prod', CreationTime: new Date(0), StackStatus }],
  }));
  const mock = formationMock.on(DescribeStacksCommand, { StackName: 'resnet50-prod' });
  for (const answer of answers.slice(0, -1)) mock.resolvesOnce(answer as never);
  mock.resolves(answers.at(-1) as never);
};
const updates = () => formationMock.commandCalls(UpdateStackCommand).map(({ args }) => args[0].input);

beforeEach(() => {
  for (const mock of [lambdaMock, codeDeployMock, formationMock, ssmMock]) mock.reset();
  codeDeployMock.on(ListDeploymentsCommand).resolves({ deployments: [] });
  lambdaMock
    .on(ListVersionsByFunctionCommand)
    .resolvesOnce({
      Versions: [
        { Version: '$LATEST' },
        { Version: '5', LastModified: '2026-11-26T10:01:00.000+0000' },
        { Version: '6' },
      ],
      NextMarker: 'more',
    })
    .resolves({ Versions: [{ Version: '7', LastModified: '2026-11-27T10:01:00.000+0000' }] });
  lambdaMock.on(GetAliasCommand).resolves({ FunctionVersion: '7', RevisionId: 'seven' });
  lambdaMock.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  lambdaMock.on(InvokeCommand).resolves({ Payload: payload({ statusCode: 200, body: '{}' }) });
  lambdaMock.on(UpdateAliasCommand).resolves({});
  ssmMock
    .on(GetParameterCommand, { Name: '/resnet50/known-good/classify' })
    .resolves({ Parameter: { Value: '7,5' } });
  formationMock.on(UpdateStackCommand).resolves({});
  stackIs('UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE');
});

describe('with no deployment running', () => {
  it('lets CloudFormation move the alias to the version that was known to be good', async () => {
    const { result, asked, said } = start();
    expect(await result).toBe(true);
    expect(asked).toEqual(['Move live from version 7 to version 5?']);
    expect(updates()).toEqual([
      {
        StackName: 'resnet50-prod',
        UsePreviousTemplate: true,
        Parameters: [
          { ParameterKey: 'BootstrapVersion', UsePreviousValue: true },
          { ParameterKey: 'RolledBackToabc', ParameterValue: '5' },
        ],
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      },
    ]);
    expect(formationMock.commandCalls(DescribeStacksCommand)).toHaveLength(3);
    expect(lambdaMock.commandCalls(UpdateAliasCommand)).toEqual([]);
    expect(said.join('\n')).not.toContain('does not undo');
  });

  it('warns if the last update of the stack did not bring the live version', async () => {
    const updated = new Date('2026-11-27T11:00:00Z');
    const { result, said } = start({ changes: { stack: { ...outputs.stack, updated } } });
    expect(await result).toBe(true);
    expect(said).toContain(
      'Version 7 was published before the last update of the stack, at 2026-11-27T11:00:00.000Z: going back does not undo that update.',
    );
  });

  it('does not warn on the way forward', async () => {
    lambdaMock.on(GetAliasCommand).resolves({ FunctionVersion: '5', RevisionId: 'five' });
    const stack = { ...outputs.stack, updated: new Date('2026-11-27T11:00:00Z') };
    const { result, said } = start({ to: '7', changes: { liveVersion: '5', stack } });
    expect(await result).toBe(true);
    expect(said.join('\n')).not.toContain('does not undo');
  });

  it('fails if CloudFormation takes the update back', async () => {
    stackIs('UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE');
    await expect(start().result).rejects.toThrow(
      'expected resnet50-prod to be UPDATE_COMPLETE, got UPDATE_ROLLBACK_COMPLETE',
    );
  });

  it.each([
    [{ status: 'UPDATE_IN_PROGRESS' }, 'expected resnet50-prod to be at rest, got UPDATE_IN_PROGRESS'],
    [{ rollbackParameter: undefined as never }, 'its template is older than this command'],
  ])('does not update a stack with %j', async (changes, message) => {
    const { result } = start({ changes: { stack: { ...outputs.stack, ...changes } } });
    await expect(result).rejects.toThrow(message);
    expect(updates()).toEqual([]);
  });

  it('does nothing without confirmation', async () => {
    expect(await start({ answer: false }).result).toBe(false);
    expect(updates()).toEqual([]);
  });

  it('wakes a version that has been idle before it moves the alias', async () => {
    lambdaMock
      .on(GetFunctionConfigurationCommand, { FunctionName: 'classify:5' })
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
      'expected version 5 to be ready, got 503: {"code":"not_ready"}',
    );
    expect(updates()).toEqual([]);
  });
});

describe('with an alias that somebody moved by hand', () => {
  beforeEach(() => {
    lambdaMock
      .on(GetAliasCommand)
      .resolvesOnce({ FunctionVersion: '6', RevisionId: 'six' })
      .resolves({ FunctionVersion: '7' });
  });

  it('moves it back to the version that CloudFormation expects, and waits until it is warm', async () => {
    lambdaMock
      .on(GetAliasCommand)
      .resolvesOnce({ FunctionVersion: '6', RevisionId: 'six' })
      .resolvesOnce({ FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { '6': 1 } } })
      .resolves({ FunctionVersion: '7' });
    lambdaMock
      .on(GetProvisionedConcurrencyConfigCommand, { FunctionName: 'classify', Qualifier: 'live' })
      .resolvesOnce({ Status: 'READY' })
      .resolvesOnce({ Status: 'IN_PROGRESS' })
      .resolves({ Status: 'READY' });
    expect(await start({ to: '7' }).result).toBe(true);
    expect(lambdaMock.commandCalls(UpdateAliasCommand).map(({ args }) => args[0].input)).toEqual([
      {
        FunctionName: 'classify',
        Name: 'live',
        FunctionVersion: '7',
        RoutingConfig: { AdditionalVersionWeights: {} },
        RevisionId: 'six',
      },
    ]);
    expect(lambdaMock.commandCalls(GetProvisionedConcurrencyConfigCommand)).toHaveLength(3);
    expect(updates()).toEqual([]);
  });

  it('moves it without warm environments', async () => {
    lambdaMock
      .on(GetProvisionedConcurrencyConfigCommand)
      .rejects(named('ProvisionedConcurrencyConfigNotFoundException'));
    expect(await start({ to: '7' }).result).toBe(true);
  });

  it('fails if the environments cannot be started', async () => {
    lambdaMock.on(GetProvisionedConcurrencyConfigCommand).resolves({ Status: 'FAILED' });
    await expect(start({ to: '7' }).result).rejects.toThrow('version 7 cannot be kept warm');
  });

  it('tells CloudFormation where it is', async () => {
    expect(await start({ to: '6' }).result).toBe(true);
    expect(updates()[0]?.Parameters).toContainEqual({
      ParameterKey: 'RolledBackToabc',
      ParameterValue: '6',
    });
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
