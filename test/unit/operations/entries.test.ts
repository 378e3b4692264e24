import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startProcess } from '../../support/process.ts';
import { serve } from '../fetch/loopback.ts';
import { EGYPTIAN_CAT, EVENT, report } from './hook.ts';

const CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

/** Stands in for the APIs of Lambda and CodeDeploy and for the service's public URL. */
async function standIn(executedVersion: string) {
  const invocations: string[] = [];
  const parameters: unknown[] = [];
  const reports: unknown[] = [];
  const { port } = await serve(async (request: IncomingMessage, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.url === '/prod/ready') {
      response.end('{"status":"ready"}');
    } else if (request.headers['x-amz-target']?.toString().endsWith('PutLifecycleEventHookExecutionStatus')) {
      reports.push(JSON.parse(body));
      response.end('{}');
    } else if (request.headers['x-amz-target'] === 'AmazonSSM.GetParameter') {
      response.statusCode = 400;
      response.end('{"__type":"ParameterNotFound"}');
    } else if (request.headers['x-amz-target'] === 'AmazonSSM.PutParameter') {
      parameters.push(JSON.parse(body));
      response.end('{}');
    } else if (request.url?.endsWith('/configuration')) {
      response.end('{"State":"Active"}');
    } else {
      invocations.push(decodeURIComponent(request.url ?? ''));
      response.setHeader('x-amz-executed-version', executedVersion);
      response.end(JSON.stringify(answerTo(JSON.parse(body))));
    }
  });
  return { url: `http://127.0.0.1:${port}`, invocations, parameters, reports };
}

/** What the service answers to a proxy event, in the form that Lambda delivers. */
function answerTo({ path, body = '' }: { path: string; body?: string }) {
  const one = { predictions: [{ ...EGYPTIAN_CAT, probability: 0.9 }] };
  const bodies: Record<string, object> = {
    '/health': { status: 'ok' },
    '/ready': { status: 'ready' },
    '/model': { name: 'resnet50', version: '1' },
    '/predict/batch': { results: [one, one] },
  };
  if (Buffer.from(body, 'base64').toString() === 'not an image') {
    return { statusCode: 415, body: '{"code":"unsupported_media_type","request_id":"id"}' };
  }
  return { statusCode: 200, body: JSON.stringify(bodies[path] ?? one) };
}

/** Stands in for CloudWatch Logs, which is too busy for the first query. */
async function logsStandIn() {
  const calls: string[] = [];
  const { port } = await serve(async (request: IncomingMessage, response) => {
    await request.toArray();
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push(operation);
    const isRefused = operation === 'StartQuery' && calls.filter((call) => call === operation).length === 1;
    if (isRefused) response.statusCode = 400;
    const answers: Record<string, object> = {
      FilterLogEvents: { events: [] },
      StartQuery: isRefused ? { __type: 'LimitExceededException' } : { queryId: 'query-1' },
      GetQueryResults: {
        status: 'Complete',
        results: [
          [
            { field: 'class_index', value: '281' },
            { field: 'tenth', value: '9' },
            { field: 'images', value: '12' },
          ],
        ],
      },
    };
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify(answers[operation] ?? {}));
  });
  return { url: `http://127.0.0.1:${port}`, calls };
}

/** Imports an entry in its own process and calls its handler once. @returns what it wrote. */
async function run(entry: string, environment: Record<string, string>, event: object = EVENT) {
  const context = '{ getRemainingTimeInMillis: () => 60_000 }';
  const code = `const { handler } = await import('./lambda/${entry}.ts'); await handler(${JSON.stringify(event)}, ${context});`;
  const child = startProcess(['--input-type=module', '--eval', code], environment);
  const exitCode = await child.exitCode;
  return { exitCode, logs: child.logs().concat(errorLines(child.stderr())) };
}

const errorLines = (stderr: string) =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the entries, with the AWS SDK', () => {
  test('pre-traffic invokes the version and reports', async () => {
    const { url, invocations, reports } = await standIn('7');
    const { exitCode, logs } = await run('pre-traffic', {
      ...CREDENTIALS,
      AWS_ENDPOINT_URL: url,
      TARGET_FUNCTION: 'classify:7',
    });
    expect(exitCode).toBe(0);
    // One photo and the smoke test.
    expect(invocations).toHaveLength(7);
    expect(new Set(invocations)).toEqual(new Set(['/2015-03-31/functions/classify:7/invocations']));
    expect(reports).toEqual([report('Succeeded')]);
    expect(logs).toEqual([expect.objectContaining({ message: 'pre-traffic', status: 'Succeeded' })]);
  });

  test('post-traffic checks the version that the alias invokes, and marks it as known to be good', async () => {
    const { url, invocations, parameters, reports } = await standIn('7');
    const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL: url, TARGET_FUNCTION: 'classify:live' };
    await run('post-traffic', { ...environment, EXPECTED_VERSION: '7' });
    // Five photos and the smoke test.
    expect(invocations).toHaveLength(11);
    expect(parameters).toEqual([
      expect.objectContaining({ Name: '/resnet50/known-good/classify', Value: '7', Overwrite: true }),
    ]);
    expect(reports).toEqual([report('Succeeded')]);
  });

  test('a hook with an invalid setting reports it', async () => {
    const { url, reports } = await standIn('7');
    const { exitCode, logs } = await run('pre-traffic', { ...CREDENTIALS, AWS_ENDPOINT_URL: url });
    expect(exitCode).toBe(0);
    expect(reports).toEqual([report('Failed')]);
    expect(logs).toEqual([
      expect.objectContaining({ level: 'ERROR', reason: expect.stringContaining('TARGET_FUNCTION') }),
    ]);
  });

  test('probe writes its metrics and its log line', async () => {
    const { url } = await standIn('7');
    const { exitCode, logs } = await run('probe', { API_URL: `${url}/prod/`, STAGE: 'prod' });
    expect(exitCode).toBe(0);
    expect(logs).toEqual([
      expect.objectContaining({ ProbeSuccess: 1, service: 'resnet50', stage: 'prod' }),
      expect.objectContaining({ message: 'probe', success: true, stage: 'prod' }),
    ]);
  });

  test('authorizer refuses what is no token, with the text that API Gateway answers with 401', async () => {
    const environment = { OIDC_ISSUER: 'https://login.example.com', OIDC_AUDIENCES: 'api://vision' };
    const event = {
      type: 'TOKEN',
      authorizationToken: 'Bearer a.b.c',
      methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/prod/POST/predict',
    };
    const { exitCode, logs } = await run('authorizer', { ...environment, STAGE: 'prod' }, event);
    expect(exitCode).toBe(1);
    expect(logs).toEqual([
      expect.objectContaining({ message: 'authorizer', outcome: 'unauthorized', stage: 'prod' }),
    ]);
  });

  test('quality-watch asks again if too many queries run, and records the day', async () => {
    const { url, calls } = await logsStandIn();
    const environment = {
      ...CREDENTIALS,
      AWS_ENDPOINT_URL: url,
      OWN_LOG_GROUP: 'own-log',
      SERVICE_LOG_GROUP: 'service-log',
      WATCHED_MODEL: 'resnet50',
      BASELINE_DAYS: '14',
      DRIFT_PSI: '0.25',
      STAGE: 'prod',
    };
    const { exitCode, logs } = await run('quality-watch', environment, { time: '2026-02-01T01:30:00Z' });
    expect(exitCode).toBe(0);
    expect(calls).toEqual(['FilterLogEvents', 'StartQuery', 'StartQuery', 'GetQueryResults']);
    expect(logs).toEqual([
      expect.objectContaining({
        message: 'quality-watch',
        stage: 'prod',
        day: '2026-01-31',
        images: 12,
        classes: { 281: 12 },
      }),
    ]);
  });
});
