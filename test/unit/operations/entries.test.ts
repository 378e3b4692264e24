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
  const reports: unknown[] = [];
  const { port } = await serve(async (request: IncomingMessage, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    if (request.url === '/prod/ready') {
      response.end('{"status":"ready"}');
    } else if (request.headers['x-amz-target']?.toString().endsWith('PutLifecycleEventHookExecutionStatus')) {
      reports.push(JSON.parse(body));
      response.end('{}');
    } else if (request.url?.endsWith('/configuration')) {
      response.end('{"State":"Active"}');
    } else {
      invocations.push(decodeURIComponent(request.url ?? ''));
      const predictions = [{ ...EGYPTIAN_CAT, probability: 0.9 }];
      response.setHeader('x-amz-executed-version', executedVersion);
      response.end(JSON.stringify({ statusCode: 200, body: JSON.stringify({ predictions }) }));
    }
  });
  return { url: `http://127.0.0.1:${port}`, invocations, reports };
}

/** Imports an entry in its own process and calls its handler once. @returns what it wrote. */
async function run(entry: string, environment: Record<string, string>) {
  const context = '{ getRemainingTimeInMillis: () => 60_000 }';
  const code = `const { handler } = await import('./lambda/${entry}.ts'); await handler(${JSON.stringify(EVENT)}, ${context});`;
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
    expect(invocations).toEqual(['/2015-03-31/functions/classify:7/invocations']);
    expect(reports).toEqual([report('Succeeded')]);
    expect(logs).toEqual([expect.objectContaining({ message: 'pre-traffic', status: 'Succeeded' })]);
  });

  test('post-traffic checks which version the alias invokes', async () => {
    const { url, invocations, reports } = await standIn('7');
    const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL: url, TARGET_FUNCTION: 'classify:live' };
    await run('post-traffic', { ...environment, EXPECTED_VERSION: '7' });
    expect(invocations).toHaveLength(5);
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
});
