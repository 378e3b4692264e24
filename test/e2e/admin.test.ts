import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Second } from '../../lambda/telemetry/live/second.ts';
import { eventsOf, type ServerSentEvent } from '../support/event-stream.ts';
import { samplesOf } from '../support/metrics.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const TOKEN = 'correct-horse-battery-staple';
/** The server ends connections that are still open after this time. */
const FINISH_LIMIT_MS = 8500;
const cat = readRepositoryFile('examples/cat.jpg');

const running: ServiceProcess[] = [];
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});

async function start(environment: Record<string, string> = {}) {
  const settings = { PORT: '0', MODELS: 'resnet50', DRAIN_NOTICE_MS: '0', ...environment };
  const service = startProcess(['lambda/server.ts'], settings);
  running.push(service);
  const { message } = await service.logged((line) => String(line['message']).startsWith('Ready on '));
  const url = String(message).slice('Ready on '.length);
  const predict = async () => {
    const response = await fetch(`${url}/predict?top_k=1`, { method: 'POST', body: cat });
    expect(response.status).toBe(200);
    await response.json();
  };
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
  return { service, url, predict, get };
}

test('what was predicted before the first scrape is in it', async () => {
  const { predict, get } = await start();
  for (let count = 0; count < 3; count += 1) await predict();
  await get('/nowhere');
  const response = await get('/metrics', { accept: 'application/openmetrics-text' });
  expect(response.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  const samples = samplesOf(await response.text());
  expect(samples).toMatchObject({
    'classifier_requests_total{route="/predict",method="POST",status="200"}': 3,
    'classifier_errors_total{code="not_found"}': 1,
    'classifier_predictions_total{model="resnet50",model_version="1.0.0"}': 3,
    'classifier_images_total{format="jpeg"}': 3,
    'classifier_top_class_total{label="Egyptian cat"}': 3,
    'classifier_request_duration_seconds_count{route="/predict"}': 3,
    classifier_decode_duration_seconds_count: 3,
    classifier_inference_duration_seconds_count: 3,
    'classifier_model_info{model="resnet50",version="1.0.0",state="ready"}': 1,
  });
  expect(samples['classifier_cold_start_seconds']).toBeGreaterThan(0);
  expect(samples['process_resident_memory_bytes']).toBeGreaterThan(50e6);
});

test('the live view gets the service, the seconds so far and each further second', async () => {
  const { predict, get } = await start();
  const events: ServerSentEvent[] = [];
  const response = await get('/live/events');
  await predict();
  for await (const event of eventsOf(response)) {
    events.push(event);
    if (events.filter(({ name }) => name === 'second').length === 2) break;
  }
  expect(events.slice(0, 2).map(({ name }) => name)).toEqual(['info', 'history']);
  const [info] = events.map(({ data }) => data);
  expect(info).toMatchObject({ models: [{ name: 'resnet50', version: '1.0.0', state: 'ready' }] });
  const seconds = events.flatMap(({ name, data }) => (name === 'second' ? [data as Second] : []));
  const [first, second] = seconds;
  expect(second?.t).toBeGreaterThan(first?.t ?? 0);
  const predictions = seconds.map((each) => each.predictions);
  expect(predictions.reduce((sum, count) => sum + count)).toBe(1);
  expect(second).toMatchObject({
    latency_ms: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
    decode_ms: { p50: expect.any(Number), p95: expect.any(Number) },
    inference_ms: { p50: expect.any(Number), p95: expect.any(Number) },
  });
});

test('a live view lives longer than a request may, and is in the log once', async () => {
  const { service, get } = await start({ REQUEST_TIMEOUT_MS: '1500' });
  let seconds = 0;
  for await (const { name } of eventsOf(await get('/live/events'))) {
    if (name === 'second') seconds += 1;
    if (seconds === 4) break;
  }
  expect(seconds).toBe(4);
  const views = service.logs().filter(({ route }) => route === '/live/events');
  expect(views).toMatchObject([{ status: 200, level: 'INFO' }]);
});

describe.each(['SIGTERM', 'SIGINT'] as const)('on %s', (signal) => {
  test('live views end, and nothing waits for one that reads nothing', async () => {
    const { service, url, get } = await start();
    const watching = await get('/live/events');
    const { port } = new URL(url);
    const silent = connect(Number(port), '127.0.0.1').pause();
    silent.on('error', () => {});
    await once(silent, 'connect');
    silent.write('GET /live/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await service.logged((line) => line['route'] === '/live/events');

    service.process.kill(signal);
    await service.logged(({ message }) => String(message).startsWith('Stopping'));
    for await (const { name } of eventsOf(watching)) expect(['info', 'history', 'second']).toContain(name);
    expect(await service.exitCode).toBe(0);
    const times = service
      .logs()
      .filter(({ message }) => String(message).startsWith('Stop'))
      .map(({ timestamp }) => Date.parse(String(timestamp)));
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(FINISH_LIMIT_MS);
    silent.destroy();
  });
});

test('the token is nowhere in the log', async () => {
  const { service, get } = await start({ ADMIN: 'on', ADMIN_TOKEN: TOKEN, LOG_LEVEL: 'DEBUG' });
  expect((await get('/metrics')).status).toBe(401);
  expect((await get('/metrics', { authorization: `Bearer ${TOKEN}x` })).status).toBe(401);
  expect((await get('/metrics', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  service.process.kill('SIGTERM');
  await service.exitCode;
  expect(service.lines().join('\n')).toContain('"route":"/metrics"');
  expect(service.lines().join('\n') + service.stderr()).not.toContain(TOKEN);
});

test('ADMIN=off answers 404', async () => {
  const { get } = await start({ ADMIN: 'off' });
  for (const path of ['/live', '/live/events', '/metrics']) expect((await get(path)).status).toBe(404);
});
