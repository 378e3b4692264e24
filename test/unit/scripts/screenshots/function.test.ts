import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alarmTiles } from '../../../../scripts/lib/screenshots/dashboard/alarms.ts';
import { startConcurrency } from '../../../../scripts/lib/screenshots/dashboard/concurrency.ts';
import { type Answered, startGateway } from '../../../../scripts/lib/screenshots/dashboard/gateway.ts';
import { Records } from '../../../../scripts/lib/screenshots/dashboard/records.ts';

let service: Server;
const waiting: (() => void)[] = [];
beforeAll(async () => {
  service = createServer((_request, response) => {
    waiting.push(() => response.end(JSON.stringify({ status: 'ready' })));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
});
afterAll(() => {
  service.close();
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('a function with one warm environment', () => {
  it('answers a second request at the same time in another environment, and writes what the function writes', async () => {
    const records = new Records();
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    await using concurrency = await startConcurrency(1, {
      entry: 'probe',
      variables: { API_URL: url, STAGE: 'dev' },
      onLine: (line) => records.addServiceLine(line),
    });
    const both = [concurrency.invoke({}), concurrency.invoke({})];
    await until(() => waiting.length === 2);
    for (const answer of waiting) answer();
    const invocations = await Promise.all(both);
    expect(invocations.map(({ isSpillover, busyWarm, busy }) => [isSpillover, busyWarm, busy])).toEqual([
      [false, 1, 1],
      [true, 1, 2],
    ]);
    await until(() => records.lines.service.length >= 4);
    const success = records.samples.filter(({ name }) => name === 'ProbeSuccess');
    expect(success).toMatchObject([
      { dimensions: { service: 'resnet50', stage: 'dev' }, value: 1 },
      { value: 1 },
    ]);
  });

  it('cannot start with a setting that is wrong', async () => {
    const starting = startConcurrency(1, { entry: 'probe', variables: { STAGE: 'dev' }, onLine: () => {} });
    await expect(starting).rejects.toThrow('Expected lambda/probe.ts to go on');
  });
});

it('the gateway hands a request over as a proxy event, and its result back', async () => {
  const events: unknown[] = [];
  const answered: Answered[] = [];
  const invocation = { durationMs: 1, busy: 1, busyWarm: 1, isSpillover: false };
  await using gateway = await startGateway(
    {
      warm: 1,
      invoke: async (event) => {
        events.push(event);
        return { ...invocation, answer: { statusCode: 422, headers: { 'x-test': 'yes' }, body: '{}' } };
      },
      async [Symbol.asyncDispose]() {},
    },
    (one) => void answered.push(one),
  );
  const response = await fetch(`${gateway.url}/predict?top_k=1`, { method: 'POST', body: 'photo' });
  expect([response.status, response.headers.get('x-test'), await response.text()]).toEqual([
    422,
    'yes',
    '{}',
  ]);
  expect(events).toMatchObject([
    {
      httpMethod: 'POST',
      path: '/predict',
      queryStringParameters: { top_k: '1' },
      body: Buffer.from('photo').toString('base64'),
      isBase64Encoded: true,
    },
  ]);
  await until(() => answered.length === 1);
  expect(answered).toMatchObject([{ method: 'POST', path: '/predict', status: 422 }]);
});

it('an alarm is on if the run was over its threshold', () => {
  const alarm = (name: string, Threshold: number) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `stack-${name}`,
      Namespace: 'ImageClassification',
      MetricName: 'MemoryUtilization',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      Threshold,
    },
  });
  const records = new Records();
  records.add({ namespace: 'ImageClassification', name: 'MemoryUtilization', dimensions: {} }, 90);
  const tiles = alarmTiles({ High: alarm('high', 85), Higher: alarm('higher', 95) }, records, 'stack-');
  expect(Object.fromEntries(tiles)).toEqual({
    High: { name: 'high', isOn: true },
    Higher: { name: 'higher', isOn: false },
  });
});
