import type { IncomingMessage, RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createProbe } from '../../../lambda/operations/probe.ts';
import { createLogger, createMetrics } from '../../../lambda/telemetry/powertools.ts';
import { freePort } from '../../../scripts/lib/system/free-port.ts';
import { serve } from '../fetch/loopback.ts';
import { metricsOf } from '../telemetry/emf.ts';

/** Runs the probe once. @returns the metrics and the log lines that it wrote. */
async function probe(origin: string, timeoutMs = 5000) {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger({ stage: 'prod', logLevel: 'SILENT' });
  const keep = (level: string) => (message: unknown, line: unknown) =>
    void log.push({ level, message, ...(line as object) });
  Object.assign(logger, { info: keep('info'), error: keep('error') });

  const metrics = createMetrics('prod');
  const apiUrl = new URL('/prod/', origin);
  const emf = await metricsOf(createProbe({ apiUrl, timeoutMs, logger, metrics }));
  return { emf, log };
}

async function probeServer(listener: RequestListener, timeoutMs?: number) {
  const seen: IncomingMessage[] = [];
  const { port } = await serve((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  return { ...(await probe(`http://127.0.0.1:${port}`, timeoutMs)), seen };
}

describe('the probe', () => {
  test('records success and latency for a service that is ready', async () => {
    const { emf, log, seen } = await probeServer((_request, response) => {
      response.end('{"status":"ready","model":{"name":"resnet50","version":"1.0.0"}}');
    });
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /prod/ready']);
    expect(seen[0]?.headers.connection, 'the connection does not outlive the run').toBe('close');
    expect(emf).toHaveLength(1);
    expect(emf[0]).toMatchObject({
      service: 'resnet50',
      stage: 'prod',
      ProbeSuccess: 1,
      ProbeLatency: expect.any(Number),
    });
    expect(emf[0]?._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'ImageClassification',
      Dimensions: [['service', 'stage']],
    });
    expect(log).toEqual([expect.objectContaining({ level: 'info', message: 'probe', success: true })]);
  });

  test.each([
    ['503', 503, '{"code":"not_ready"}', /^expected status 200 and "ready", got 503: .*not_ready/],
    ['an error that says ready', 500, '{"status":"ready"}', /got 500: /],
    ['a page of another site', 200, '<html>parked</html>', /got 200: <html>parked/],
    ['an answer without a body', 200, '', /got 200: nothing$/],
  ])('records failure for %s, and says why', async (_what, status, body, reason) => {
    const { emf, log } = await probeServer((_request, response) => {
      response.writeHead(status).end(body);
    });
    expect(emf).toHaveLength(1);
    expect(emf[0]).toMatchObject({ ProbeSuccess: 0 });
    expect(emf[0]).not.toHaveProperty('ProbeLatency');
    expect(log).toEqual([
      expect.objectContaining({ level: 'error', success: false, reason: expect.stringMatching(reason) }),
    ]);
  });

  test.each([
    ['does not answer', () => {}],
    ['stops in the middle of its answer', (_request, response) => void response.write('{"status":')],
  ] satisfies [string, RequestListener][])(
    'records failure for a service that %s',
    async (_what, listener) => {
      const { emf, log } = await probeServer(listener, 100);
      expect(emf).toEqual([expect.objectContaining({ ProbeSuccess: 0 })]);
      expect(log).toEqual([
        expect.objectContaining({ success: false, reason: 'expected an answer within 100 ms, got none' }),
      ]);
    },
  );

  test('records failure for a closed port', async () => {
    const { emf, log } = await probe(`http://127.0.0.1:${await freePort()}`);
    expect(emf).toEqual([expect.objectContaining({ ProbeSuccess: 0 })]);
    expect(log).toEqual([
      expect.objectContaining({ success: false, reason: expect.stringContaining('ECONNREFUSED') }),
    ]);
  });
});
