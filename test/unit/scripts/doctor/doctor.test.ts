import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import {
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { BatchGetDeploymentsCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { GetAliasCommand } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readStage } from '../../../../lib/stages.ts';
import { checkExpiry } from '../../../../scripts/lib/doctor/certificate.ts';
import { examine } from '../../../../scripts/lib/doctor/doctor.ts';
import { formatReport } from '../../../../scripts/lib/doctor/format.ts';
import { COMMIT, deployment, healthyAccount, MACHINE, NOW } from './account.ts';

const model = { name: 'resnet50', version: '1.0.0', service: { version: '1.4.0' } };
let answer: { readonly status: number; readonly body: unknown };
let service: Server;
let account: ReturnType<typeof healthyAccount>;

beforeAll(async () => {
  service = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
});
afterAll(() => {
  service.close();
});
beforeEach(() => {
  answer = { status: 200, body: model };
  account = healthyAccount(`http://127.0.0.1:${(service.address() as AddressInfo).port}/prod/`);
});

const stage = readStage('prod');
const daily = readStage('prod', { prod: { auth: { requestsPerDay: 100_000 } } });
const report = (of = stage) => examine({ stage: of, clients: account.clients, now: NOW });
async function findings(of = stage) {
  return (await report(of)).sections.flatMap((section) => section.findings);
}
const finding = async (name: string, of = stage) => (await findings(of)).find((one) => one.name === name);
const stackWith = (changes: Partial<Stack>) =>
  account.mocks.cloudFormation
    .on(DescribeStacksCommand)
    .resolves({ Stacks: [{ ...account.stack, ...changes }] });

describe('the report of a healthy stage', () => {
  it('says what runs, and finds nothing wrong', async () => {
    const all = await findings();
    expect(all.filter(({ status }) => status !== 'ok')).toEqual([]);
    const found = Object.fromEntries(all.map(({ name, found }) => [name, found]));
    expect(found).toMatchObject({
      version: '42, published 2026-11-26T10:00:00Z',
      image: expect.stringMatching(/^sha256:b{64}$/),
      commit: COMMIT,
      service: 'version 1.4.0 answers',
      model: 'resnet50 1.0.0',
      rollback: 'known-good versions: 42, 41',
      deployments: 'd-2 Succeeded 2026-11-26 10:00Z',
      before: 'd-1 Failed 2026-11-25 10:00Z',
      drift: 'none, looked for 2026-11-27 03:00Z',
      quota: expect.stringContaining('37 of the account’s 1000'),
      keys: expect.stringMatching(/^1 enabled, 1 disabled/),
    });
  });

  it('has links, and never the value of a key', async () => {
    const text = formatReport(await report(daily), new PassThrough());
    expect(text).toMatch(/^prod in eu-central-1: 0 failures, 1 warning\n\nWhat it runs\nok {3}version/);
    expect(text).toContain('https://example.com/dashboard');
    expect(text).toContain('deployment-groups/group?region=eu-central-1');
    expect(text).toContain(`statemachines/view/${MACHINE}`);
    expect(text).not.toContain('secret');
  });

  it('changes nothing', async () => {
    await report(daily);
    const sent = Object.values(account.mocks).flatMap((mock) =>
      mock.calls().map(({ args: [command] }) => command.constructor.name),
    );
    expect(sent.length).toBeGreaterThan(12);
    expect(sent.filter((name) => !/^(Get|List|Describe|BatchGet)/.test(name))).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is an alarm, with its runbook', async () => {
    account.mocks.cloudWatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { AlarmName: 'resnet50-prod-cpu', StateValue: 'INSUFFICIENT_DATA', ActionsEnabled: false },
      ],
      CompositeAlarms: [
        {
          AlarmName: 'resnet50-prod-service-down',
          AlarmDescription: 'Nothing answers. Runbook: docs/runbooks/service-down.md',
          StateValue: 'ALARM',
          StateUpdatedTimestamp: NOW,
        },
      ],
    });
    const all = await findings();
    expect(all).toContainEqual({
      name: 'ALARM',
      status: 'fail',
      found: 'service-down, since 2026-11-27T12:00:00.000Z. Nothing answers.',
      advice: 'docs/runbooks/service-down.md',
    });
    expect(all).toContainEqual(
      expect.objectContaining({
        name: 'alarms',
        status: 'warn',
        found: expect.stringContaining('1 tell nobody'),
      }),
    );
    expect(all).toContainEqual(
      expect.objectContaining({ name: 'alarms', found: '1 of 2 are not in alarm, 1 of them without data' }),
    );
  });

  it('is a service that does not answer as one', async () => {
    answer = { status: 503, body: { code: 'not_ready' } };
    expect(await finding('service')).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('got 503'),
    });
  });

  it('is a failed deployment, whatever the order in which CodeDeploy lists them', async () => {
    account.mocks.codeDeploy.on(BatchGetDeploymentsCommand).resolves({
      deploymentsInfo: [
        deployment('d-1', 'Succeeded', '2026-11-25T10:00:00Z'),
        {
          ...deployment('d-2', 'Stopped', '2026-11-26T10:00:00Z'),
          errorInformation: { code: 'ALARM_ACTIVE', message: 'alarms were active' },
          rollbackInfo: { rollbackDeploymentId: 'd-3' },
        },
      ],
    });
    expect(await finding('deployments')).toMatchObject({
      status: 'warn',
      found: 'd-2 Stopped 2026-11-26 10:00Z: alarms were active (rolled back by d-3)',
    });
  });

  it('may be that no deployment is known', async () => {
    account.mocks.codeDeploy.on(ListDeploymentsCommand).resolves({ deployments: [] });
    expect(await finding('deployments')).toMatchObject({ status: 'ok', found: 'none in the last 30 days' });
  });

  it('is drift that nobody has looked for, not lately, or that was found', async () => {
    stackWith({ DriftInformation: { StackDriftStatus: 'NOT_CHECKED' } });
    expect(await finding('drift')).toMatchObject({ status: 'warn', advice: 'npm run drift -- --stage prod' });
    stackWith({
      DriftInformation: { StackDriftStatus: 'IN_SYNC', LastCheckTimestamp: new Date('2026-11-01') },
    });
    expect(await finding('drift')).toMatchObject({ status: 'warn', found: 'looked for 2026-11-01 00:00Z' });
    stackWith({ DriftInformation: { StackDriftStatus: 'DRIFTED', LastCheckTimestamp: NOW } });
    account.mocks.cloudFormation.on(DescribeStackResourceDriftsCommand).resolves({
      StackResourceDrifts: [
        {
          StackId: 'resnet50-prod',
          LogicalResourceId: 'Log',
          ResourceType: 'AWS::Logs::LogGroup',
          StackResourceDriftStatus: 'DELETED',
          Timestamp: NOW,
        },
      ],
    });
    expect(await finding('drift')).toMatchObject({
      status: 'fail',
      found: 'Log: AWS::Logs::LogGroup was deleted, looked for 2026-11-27 12:00Z',
    });
  });

  it('is a job that failed in the last day, not one before', async () => {
    const executions = ['2026-11-27T11:00:00Z', '2026-11-20T11:00:00Z'].map((stop, index) => ({
      executionArn: `${MACHINE}:${index}`,
      stateMachineArn: MACHINE,
      name: String(index),
      status: 'FAILED' as const,
      startDate: new Date(0),
      stopDate: new Date(stop),
    }));
    account.mocks.sfn.on(ListExecutionsCommand, { statusFilter: 'FAILED' }).resolves({ executions });
    expect(await finding('jobs')).toMatchObject({
      status: 'warn',
      found: '0 running; in the last day 1 failed, and 0 took too long',
    });
  });

  it('is an alias that somebody moved, and a rollback without a version to go to', async () => {
    account.mocks.lambda.on(GetAliasCommand).resolves({ FunctionVersion: '40' });
    account.mocks.ssm.on(GetParameterCommand).resolves({ Parameter: { Value: '40' } });
    expect(await finding('alias')).toMatchObject({ status: 'fail' });
    expect(await finding('rollback')).toMatchObject({ status: 'warn', found: 'known-good versions: 40' });
  });

  it.each([
    ['alerts', 'Nobody learns of an alarm'],
    ['pages', 'Nobody is paged'],
  ])('is a topic that reaches nobody: %s', async (name, advice) => {
    account.mocks.sns.on(ListSubscriptionsByTopicCommand).resolves({
      Subscriptions: [{ SubscriptionArn: 'PendingConfirmation' }, { SubscriptionArn: 'Deleted' }],
    });
    expect(await finding(name)).toMatchObject({
      status: 'warn',
      found: '0 subscribers, and 1 that have not confirmed',
      advice: expect.stringContaining(advice),
    });
  });

  it('is a stage that should page, but has no topic for it', async () => {
    const { Outputs = [] } = account.stack;
    stackWith({ Outputs: Outputs.filter(({ OutputKey }) => OutputKey !== 'PagingTopicArn') });
    expect(await finding('pages')).toMatchObject({ status: 'warn' });
    const quiet = readStage('prod', { prod: { paging: false } });
    expect(await finding('pages', quiet)).toMatchObject({ status: 'ok' });
  });

  it('is a peak near the quota, and a key that has no requests left', async () => {
    account.mocks.cloudWatch.on(GetMetricStatisticsCommand).resolves({ Datapoints: [{ Maximum: 801 }] });
    expect(await finding('quota')).toMatchObject({ status: 'warn' });
    expect(await finding('keys', daily)).toMatchObject({
      status: 'warn',
      found: expect.stringMatching(/today: acme$/),
    });
  });
});

describe('what cannot be read', () => {
  const denied = (message: string) => Object.assign(new Error(message), { name: 'AccessDeniedException' });

  it('is a warning with the permission that is missing, and the rest is reported', async () => {
    const message =
      'User: arn:aws:iam::1:user/x is not authorized to perform: cloudwatch:DescribeAlarms because';
    account.mocks.cloudWatch.on(DescribeAlarmsCommand).rejects(denied(message));
    account.mocks.sfn.on(ListExecutionsCommand).rejects(denied('no'));
    expect(await finding('alarms')).toEqual({
      name: 'alarms',
      status: 'warn',
      found: 'could not be read: the permission cloudwatch:DescribeAlarms is missing',
      advice: 'Allow cloudwatch:DescribeAlarms, or use another AWS_PROFILE.',
    });
    expect((await finding('jobs'))?.found).toContain('states:ListExecutions');
    expect(await finding('version')).toMatchObject({ status: 'ok' });
  });

  it('is a failure for any other reason', async () => {
    account.mocks.cloudWatch.on(DescribeAlarmsCommand).rejects(new Error('Rate exceeded'));
    expect(await finding('alarms')).toMatchObject({
      status: 'fail',
      found: 'could not be read: Rate exceeded',
    });
  });

  it.each([
    Object.assign(new Error('Operation DescribeAlarms is not known'), { name: 'UnknownOperationException' }),
    Object.assign(new Error('Unknown action'), { name: 'InvalidAction' }),
    new SyntaxError('Unexpected token < in JSON at position 0'),
  ])('is a warning where the endpoint does not know the call: %s', async (error) => {
    account.mocks.cloudWatch.on(DescribeAlarmsCommand).rejects(error);
    const found = await finding('alarms');
    expect(found).toMatchObject({ status: 'warn', found: expect.stringMatching(/^could not be read: /) });
    expect(JSON.stringify(found)).toContain('does not know cloudwatch:DescribeAlarms');
  });

  it('is an answer without the fields of AWS, and no other part suffers', async () => {
    account.mocks.codeDeploy.on(ListDeploymentsCommand).resolves({ deployments: null as never });
    account.mocks.sfn.on(ListExecutionsCommand).resolves({ executions: null as never });
    for (const name of ['deployments', 'jobs']) {
      expect(await finding(name)).toMatchObject({ found: expect.stringMatching(/^could not be read: /) });
    }
    expect(await finding('version')).toMatchObject({ status: 'ok' });
  });

  it('is a stage without a stack: one sentence', async () => {
    account.mocks.cloudFormation
      .on(DescribeStacksCommand)
      .rejects(new Error('Stack with id resnet50-prod does not exist'));
    await expect(report()).rejects.toThrow(/^there is no stack resnet50-prod.*AWS_REGION/);
  });
});

describe('the certificate of a domain', () => {
  const domain = {
    name: 'api.example.com',
    hostedZoneId: 'Z1',
    hostedZoneName: 'example.com',
    certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1',
  };
  const until = (date: string) => checkExpiry({ domain }, NOW, async () => new Date(date));

  it.each([
    ['2027-06-01', 'ok', 'for 185 days'],
    ['2026-12-28', 'ok', 'for 30 days'],
    ['2026-12-10', 'warn', 'for 12 days'],
    ['2026-11-20', 'fail', 'expired on 2026-11-20'],
  ])('until %s is %s', async (date, status, found) => {
    expect(await until(date)).toMatchObject({ status, found: expect.stringContaining(found) });
  });

  it('fails if nothing answers, and is not asked for without a domain', async () => {
    const refused = checkExpiry({ domain }, NOW, async () => Promise.reject(new Error('ECONNREFUSED')));
    expect(await refused).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('api.example.com:443'),
    });
    expect(await checkExpiry({ domain: 'off' }, NOW)).toMatchObject({ status: 'ok' });
  });
});
