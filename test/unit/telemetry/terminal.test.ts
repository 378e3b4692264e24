import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Config } from '../../../lambda/config.ts';
import { ServiceError } from '../../../lambda/errors.ts';
import type { ClassifiedImage, RequestRecord, Sink } from '../../../lambda/telemetry/requests.ts';
import { createTerminal } from '../../../lambda/telemetry/terminal.ts';

const ESCAPE = '\x1b';

const image = (topLabel: string, topProbability: number): ClassifiedImage => ({
  format: 'jpeg',
  width: 451,
  height: 300,
  bytes: 35_042,
  topIndex: 285,
  topLabel,
  topProbability,
});

const record = (more: Partial<RequestRecord> = {}): RequestRecord => ({
  requestId: 'request-1',
  functionRequestId: undefined,
  method: 'POST',
  path: '/predict/batch',
  startedAt: performance.now(),
  cpuAtStart: undefined,
  images: [],
  ...more,
});

const webhookFailed = {
  kind: 'webhook_failed',
  jobId: 'job_1',
  type: 'job.succeeded',
  url: 'https://hooks.example.com/',
  outcome: 'failed',
  reason: 'Expected a status from 200 to 299, got 500.',
} as const;

/** What appears on a terminal, with or without colours. */
function shown(
  write: (terminal: Required<Sink>) => void,
  { logLevel = 'INFO', isTTY = false }: { logLevel?: Config['logLevel']; isTTY?: boolean } = {},
): string {
  const stream = Object.assign(new PassThrough(), { isTTY }) as unknown as WriteStream & PassThrough;
  write(createTerminal({ logLevel }, stream));
  return String(stream.read() ?? '');
}

const outcome = { route: '/predict/batch', status: 200, model: undefined, latencyMs: 12.34 };

// Node.js would obey these variables if they are set where the tests run.
beforeEach(() => {
  vi.stubEnv('FORCE_COLOR', undefined);
  vi.stubEnv('NO_COLOR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('on a terminal', () => {
  test('a request has one line, with the top-1 class of its images', () => {
    const images = [image('Egyptian cat', 0.876), image('tabby', 0.3)];
    expect(shown(({ recordRequest }) => recordRequest(record({ images }), outcome))).toMatch(
      /^\d\d:\d\d:\d\d {2}POST {2}\/predict\/batch {2}200 +\d+\.\d ms {2}Egyptian cat 88 %, tabby 30 %\n$/,
    );
  });

  test('a large batch names its first images and counts the others', () => {
    const images = Array.from({ length: 16 }, () => image('tabby', 1));
    expect(shown(({ recordRequest }) => recordRequest(record({ images }), outcome))).toMatch(
      / {2}tabby 100 %, tabby 100 %, tabby 100 %, 13 more\n$/,
    );
  });

  test.each([
    [{ tensors: 1 }, '1 tensor'],
    [{ tensors: 4 }, '4 tensors'],
    [{ embeddings: 1 }, '1 embedding'],
    [{ tensors: 2, embeddings: 2 }, '2 tensors, 2 embeddings'],
  ])('a request of %o counts them', (counts, text) => {
    expect(shown(({ recordRequest }) => recordRequest(record(counts), outcome))).toContain(`  ${text}\n`);
  });

  test('a batch counts the images that failed, with their codes', () => {
    const failedImages = ['unsupported_media_type', 'invalid_image', 'invalid_image'] as const;
    const images = [image('Egyptian cat', 0.876)];
    expect(shown(({ recordRequest }) => recordRequest(record({ images, failedImages }), outcome))).toMatch(
      / {2}Egyptian cat 88 %, 3 failed \(unsupported_media_type, invalid_image\)\n$/,
    );
  });

  test('a request that matches no route shows its path, shortened and without control characters', () => {
    const line = (path: string) =>
      shown(({ recordRequest }) =>
        recordRequest(record({ path }), { ...outcome, route: 'unmatched', status: 404 }),
      );
    expect(line('/nope')).toMatch(/ {2}POST {2}\/nope {11}404 /);
    expect(line(`/${ESCAPE}[2J\u202ex`)).toMatch(/ {2}POST {2}\/ ?x +404 /);
    expect(line(`/${'x'.repeat(500)}`)).toMatch(/ {2}\/x{39}… {2}404 /);
  });

  test('an error has its reason, which clients do not get', () => {
    const cause = new Error('connect ECONNREFUSED');
    const error = new ServiceError('url_fetch_failed', 'Expected an answer.', { cause });
    const text = shown(({ recordRequest }) => recordRequest(record({ error }), { ...outcome, status: 502 }));
    expect(text).toMatch(/ 502 .* {2}url_fetch_failed: Expected an answer\. \(connect ECONNREFUSED\)\n$/);
  });

  test('an unexpected error has its stack', () => {
    const error = new ServiceError('internal', 'An unexpected error occurred.', { cause: new Error('oops') });
    const text = shown(({ recordRequest }) => recordRequest(record({ error }), { ...outcome, status: 500 }));
    expect(text).toMatch(/ 500 .* {2}internal: .*\n {4}Error: oops\n {4} *at .*terminal\.test\.ts/);
  });

  test('a refusal of the HTTP server has a line', () => {
    const error = new ServiceError('invalid_request', 'The request is not valid HTTP/1.1.');
    const refusal = { requestId: 'request-1', error, clientAddress: '127.0.0.1' };
    expect(shown(({ recordRefusal }) => recordRefusal(refusal))).toMatch(
      /refused +400 +invalid_request: The request is not valid HTTP\/1\.1\.\n$/,
    );
  });

  test.each([
    [{ failed: 1, skipped: 0 }, '1 image not captured'],
    [{ failed: 2, skipped: 3 }, '5 images not captured'],
  ])('images of the sample that were lost have a line: %j', (loss, text) => {
    const reason = 'S3 answered 403 AccessDenied';
    expect(shown(({ recordCaptureLoss }) => recordCaptureLoss({ ...loss, reason }))).toMatch(
      new RegExp(`  ${text}: ${reason}\\.\n$`),
    );
  });

  test('text from a client cannot move the cursor, change colours or start another line', () => {
    const error = new ServiceError(
      'invalid_request',
      `got "${ESCAPE}[2J${ESCAPE}]0;title\x07\r\n\u202e\u2028x"`,
    );
    const text = shown(({ recordRequest }) => recordRequest(record({ error }), { ...outcome, status: 400 }));
    expect(text).toMatch(/^[\x20-\x7e]*\n$/);
  });

  test('colours appear only if the stream is a terminal', () => {
    const write = ({ recordRequest }: Required<Sink>) => recordRequest(record(), outcome);
    expect(shown(write)).not.toContain(ESCAPE);
    expect(shown(write, { isTTY: true })).toContain(ESCAPE);
  });

  test('the lines obey LOG_LEVEL', () => {
    const write = ({ recordRequest, recordBlock, recordLifecycle }: Required<Sink>) => {
      recordRequest(record(), outcome);
      recordRequest(record(), { ...outcome, status: 503 });
      recordBlock(250);
      recordLifecycle({ kind: 'load_failed', part: 'model', reason: 'it is damaged' });
      recordLifecycle(webhookFailed);
      recordLifecycle({ kind: 'jobs_refused', reason: 'there is no room' });
      recordLifecycle({ kind: 'stopped' });
    };
    const lines = (logLevel: Config['logLevel']) => shown(write, { logLevel }).split('\n').length - 1;
    expect([lines('DEBUG'), lines('INFO'), lines('WARN'), lines('ERROR'), lines('SILENT')]).toEqual([
      7, 7, 5, 1, 0,
    ]);
  });

  test('an attempt to send a webhook that failed names the job, the receiver and the reason', () => {
    expect(shown(({ recordLifecycle }) => recordLifecycle(webhookFailed))).toBe(
      'An attempt to send the webhook of job_1 to https://hooks.example.com/ failed. Expected a status from 200 to 299, got 500.\n',
    );
  });

  test('the start names the model, the address and how to stop', () => {
    const ready = {
      kind: 'ready',
      url: 'http://localhost:8080',
      model: 'resnet50 1.0.0',
      threads: 1,
    } as const;
    const text = shown(({ recordLifecycle }) => recordLifecycle({ ...ready, memoryMiB: 512 }));
    expect(text).toBe(
      'resnet50 1.0.0 is ready on http://localhost:8080  (1 thread, at most 512 MiB of memory)\nPress Ctrl-C to stop.\n\n',
    );
  });
});
