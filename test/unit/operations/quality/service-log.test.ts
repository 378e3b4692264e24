import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { readConfig } from '../../../../lambda/config.ts';
import { gatewayHandler } from '../../../../lambda/http/gateway.ts';
import { invokeService, SYNTHETIC_REQUEST_ID } from '../../../../lambda/operations/invoke.ts';
import { dayQuery } from '../../../../lambda/operations/quality/day-query.ts';
import { createLogSink } from '../../../../lambda/telemetry/log/log-sink.ts';
import { createRecorder } from '../../../../lambda/telemetry/recorder.ts';
import { testApp } from '../../../support/app.ts';
import { lambdaContext, restEvent } from '../../../support/lambda-events.ts';
import { readRepositoryFile } from '../../../support/model.ts';
import { outputOf } from '../../telemetry/emf.ts';

const cat = readRepositoryFile('examples/cat.jpg');

/** The log line of the service for an event. */
async function logged(event: unknown): Promise<Record<string, unknown>> {
  const observability = createRecorder([
    createLogSink(readConfig({ METRICS: 'off', STAGE: 'prod' }), () => 0),
  ]);
  const { app } = testApp({ observability });
  const [line = ''] = await outputOf(() => gatewayHandler(app)(event, lambdaContext));
  return JSON.parse(line);
}

/** The value of a field as Logs Insights names it, such as `images.0.top1_index`. */
const fieldOf = (line: unknown, field: string): unknown =>
  field
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], line);

/** The event that the hooks and the canary traffic send to the service. */
async function syntheticEvent(): Promise<unknown> {
  const lambda = new LambdaClient({ region: 'eu-central-1' });
  const mock = mockClient(lambda);
  mock.on(InvokeCommand).resolves({});
  const request = { method: 'POST', path: 'predict', body: Uint8Array.from(cat) } as const;
  await invokeService(lambda, 'classify:live', request).catch(() => undefined);
  const [call] = mock.commandCalls(InvokeCommand);
  return JSON.parse(String(call?.args[0].input.Payload));
}

const QUERY = dayQuery('fake');

test('the query reads fields that the service writes', async () => {
  const line = await logged(restEvent({ method: 'POST', path: '/predict', body: cat }));
  expect(line['message']).toBe('request');
  const fields = QUERY.match(/images\.0\.\w+|model_version|request_id/g) ?? [];
  expect(new Set(fields)).toEqual(
    new Set(['images.0.top1_index', 'images.0.top1_probability', 'model_version', 'request_id']),
  );
  for (const field of fields) expect(fieldOf(line, field), field).toBeDefined();
});

test('the query counts the images of one model, because another has other classes', async () => {
  const [, name] = / and model = "([^"]+)" and /.exec(QUERY) ?? [];
  const line = await logged(restEvent({ method: 'POST', path: '/predict', body: cat }));
  expect(line['model']).toBe(name);
});

test('the query leaves out the photos of a deployment, and those only', async () => {
  const [, pattern = ''] = /request_id not like \/(.+?)\//.exec(QUERY) ?? [];
  const isLeftOut = async (event: unknown) =>
    new RegExp(pattern).test(String((await logged(event))['request_id']));
  expect(await isLeftOut(await syntheticEvent())).toBe(true);
  const headers = { 'x-request-id': `${SYNTHETIC_REQUEST_ID}by-a-client` };
  expect(await isLeftOut(restEvent({ method: 'POST', path: '/predict', headers, body: cat }))).toBe(false);
});
