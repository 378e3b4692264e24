import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStage } from '../../lib/stages.ts';
import { STACK } from '../../scripts/emulator/cdk.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type Queue, subscribe } from './queue.ts';
import { client, post, retry, stackOutput } from './support.ts';

const cloudWatch = new CloudWatchClient(client);
const { settings } = readStage('local');

describe("the function's log group", () => {
  let lines: Record<string, unknown>[];
  let requestId: string;
  beforeAll(async () => {
    const { body } = await post('/predict', readRepositoryFile('examples/cat.jpg'), 'image/jpeg');
    requestId = (body as { request_id: string }).request_id;
    const { LoggingConfig } = await new LambdaClient(client).send(
      new GetFunctionConfigurationCommand({ FunctionName: stackOutput('AliasArn') }),
    );
    const search = new FilterLogEventsCommand({
      logGroupName: LoggingConfig?.LogGroup,
      filterPattern: `"${requestId}"`,
    });
    lines = await retry(async () => {
      const { events = [] } = await new CloudWatchLogsClient(client).send(search);
      if (events.length < 2)
        throw new Error(`Expected 2 log lines for request ${requestId}, got ${events.length}`);
      return events.map(({ message = '' }) => JSON.parse(message));
    });
  });

  test('has one line per request', () => {
    expect(lines.filter((line) => line['message'] === 'request')).toMatchObject([
      {
        request_id: requestId,
        route: '/predict',
        status: 200,
        images: [{ format: 'jpeg', bytes: 35_042, top1_index: 285 }],
      },
    ]);
  });

  test('has the metrics of the request, with this stage', () => {
    expect(lines.filter((line) => '_aws' in line)).toMatchObject([
      { request_id: requestId, stage: 'local', Predictions: 1, Errors: 0, _aws: { CloudWatchMetrics: [{}] } },
    ]);
  });
});

describe('alarms', () => {
  const topic = stackOutput('AlertsTopicArn');
  let alerts: Queue;
  beforeAll(async () => {
    alerts = await subscribe(topic);
  });
  afterAll(() => alerts.remove());

  test('notify the topic about alarm and recovery', async () => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand());
    const notifying = MetricAlarms.filter(({ AlarmActions }) => AlarmActions?.includes(topic));
    expect(notifying.length).toBeGreaterThan(5);
    for (const { AlarmName } of notifying) {
      for (const state of ['ALARM', 'OK'] as const) {
        await setState(AlarmName, state);
        expect(await alerts.next()).toMatchObject({ AlarmName, NewStateValue: state });
      }
    }
  });
});

describe.skipIf(!settings.paging)('pages', () => {
  const alarm = (name: string) => `${STACK}-${name}`;
  let pages: Queue;
  beforeAll(async () => {
    pages = await subscribe(stackOutput('PagingTopicArn'));
  });
  afterAll(() => pages.remove());

  test('an outage sends one page and one recovery, even if other alarms go off', async () => {
    const burning = ['availability-fast-burn-1h', 'availability-fast-burn-5m'].map(alarm);
    await setState(alarm('service-down'), 'ALARM');
    expect(await pages.next()).toMatchObject({ AlarmName: alarm('page'), NewStateValue: 'ALARM' });
    for (const name of burning) await setState(name, 'ALARM');
    await setState(alarm('service-down'), 'OK');
    expect(await pages.isEmpty()).toBe(true);
    for (const name of burning) await setState(name, 'OK');
    expect(await pages.next()).toMatchObject({ AlarmName: alarm('page'), NewStateValue: 'OK' });
    expect(await pages.isEmpty()).toBe(true);
  });
});

const setState = (AlarmName: string | undefined, StateValue: 'ALARM' | 'OK') =>
  cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' }));

test('the dashboard URL names a dashboard with widgets', async () => {
  const { hash } = new URL(stackOutput('DashboardUrl'));
  const DashboardName = hash.slice(hash.lastIndexOf('/') + 1);
  const { DashboardBody = '{}' } = await cloudWatch.send(new GetDashboardCommand({ DashboardName }));
  expect(JSON.parse(DashboardBody).widgets.length).toBeGreaterThan(10);
});
