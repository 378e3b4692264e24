import { describe, expect, it, test } from 'vitest';
import { createBudgets } from '../../../lambda/budget/budgets.ts';
import { readConfig } from '../../../lambda/config.ts';
import { EVENTS_PATH, METRICS_PATH } from '../../../lambda/http/admin/paths.ts';
import { RECEIVE_MS } from '../../../lambda/http/jobs/receive-upload.ts';
import { DEFAULT_TOP_K, MAX_EXPLAIN, MAX_TOP_K } from '../../../lambda/http/options/values.ts';
import { MAX_BATCH } from '../../../lambda/http/schemas/common.ts';
import { FORMAT_TITLES } from '../../../lambda/images/formats/table.ts';
import { MAX_DECODE_MS } from '../../../lambda/images/limits.ts';
import { limitOf, slowLimitsOfKey } from '../../../lib/constructs/api/throttles.ts';
import type { Limits } from '../../../lib/settings/concurrency.ts';
import { GATEWAY_TIMEOUT_SECONDS } from '../../../lib/settings.ts';
import { readStage } from '../../../lib/stages.ts';
import { namesIn, readText, rowsOf } from '../../support/markdown.ts';
import { isProtocol, OPERATIONS } from '../../support/openapi.ts';
import { PAGES } from '../../support/pages.ts';

const guide = readText('docs/api.md');
const sentences = guide.replace(/\s+/g, ' ');
const own = OPERATIONS.filter((operation) => !isProtocol(operation));
const nameOf = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;
const number = (value: number) => value.toLocaleString('en-US');

describe('the table of routes', () => {
  const rows = rowsOf(guide, '| Route |').map(([names = '', , credentials = '']) => ({
    routes: namesIn(names),
    credentials,
  }));

  it('has every route', () => {
    const admin = ['/live', EVENTS_PATH, METRICS_PATH];
    const pages = [...PAGES, ...admin, '/openapi.json'].map((path) => `GET ${path}`);
    expect(rows.flatMap(({ routes }) => routes).sort()).toEqual([...own.map(nameOf), ...pages].sort());
  });

  it('says which of them may need credentials', () => {
    const guarded = rows.flatMap(({ routes, credentials }) => (credentials === 'yes' ? routes : []));
    const expected = own.filter((operation) => operation.guarded).map(nameOf);
    expect([...guarded].sort()).toEqual(expected.sort());
  });
});

test('it lists the formats', () => {
  const [, listed = ''] = /### Formats\n\n([^.]+), detected/.exec(guide) ?? [];
  expect(listed.replace(/ \([^)]+\)/g, '').replace(' and ', ' or ')).toBe(FORMAT_TITLES);
});

test('it has the ranges of the options', () => {
  expect(guide).toContain(`| \`top_k\` | 1 to ${MAX_TOP_K} | ${DEFAULT_TOP_K} |`);
  expect(guide).toContain(`| \`explain\` | \`true\`, \`false\`, 1 to ${MAX_EXPLAIN} |`);
});

const rowNamed = (rows: readonly (readonly string[])[], name: string): readonly string[] => {
  const row = rows.find(([first]) => first === name);
  if (!row) throw new Error(`expected a row ${name}`);
  return row.slice(1);
};

describe('the limits', () => {
  const server = readConfig({ MEMORY_LIMIT_MIB: '4096' });
  const { settings } = readStage('prod');
  const lambda = readConfig({
    AWS_LAMBDA_FUNCTION_NAME: 'classify',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMiB),
  });
  if (settings.jobs === 'off') throw new Error('expected prod to take jobs');
  const { jobs } = settings;

  it('on sizes are those of the settings', () => {
    const rows = rowsOf(guide, '| | HTTP server | AWS |\n|---|---|---|\n| An image');
    const bytes = (value: number) => `${number(value)} bytes`;
    const both = (value: number) => [number(value), number(value)];
    const row = (name: string) => rowNamed(rows, name);
    const images = [bytes(server.limits.maxImageBytes), bytes(lambda.limits.maxImageBytes)];
    expect(row('An image as raw bytes or in a form')).toEqual(images);
    expect(row('An image at a URL')).toEqual(images);
    expect(row('All images of a form')).toEqual([
      bytes(server.limits.maxBodyBytes),
      // Lambda's 6 MB are base64.
      bytes((lambda.limits.maxBodyBytes * 3) / 4),
    ]);
    expect(row('All images in JSON')[0]).toBe(
      `about ${bytes((server.limits.maxBodyBytes * 3) / 4)}, before base64`,
    );
    expect(row('An [uploaded](large-photos.md) photo, an image of a [job](jobs.md#limits)')).toEqual([
      bytes(server.jobs?.maxUploadBytes ?? 0),
      bytes(jobs.maxUploadBytes),
    ]);
    expect(row('Images of a batch')).toEqual(both(MAX_BATCH));
    for (const { limits } of [server, lambda]) {
      expect(row('Pixels of an image')).toEqual(both(limits.maxPixels));
      expect(row('Pixels of a side')).toEqual(both(limits.maxSide));
      expect(row('Pixels of all images of a batch')).toEqual(both(limits.maxBatchPixels));
    }
    const decode = `${MAX_DECODE_MS / 1000} s`;
    expect(row('CPU time to decode an image, as estimated')).toEqual([decode, decode]);
  });

  it('of a container with little memory are those that it has', () => {
    const { maxImageBytes, maxBodyBytes } = readConfig({
      MODELS: 'resnet50',
      MEMORY_LIMIT_MIB: '512',
    }).limits;
    expect(maxImageBytes).toBe(maxBodyBytes);
    expect(sentences).toContain(`512 MiB takes [${(maxBodyBytes / 1e6).toFixed(1)} MB]`);
  });

  it('on times are those of the settings', () => {
    const rows = rowsOf(guide, '| | HTTP server | AWS |\n|---|---|---|\n| The service answers');
    const row = (name: string) => rowNamed(rows, name);
    const seconds = (ms: number) => `${ms / 1000} s`;
    expect(row('The service answers `deadline_exceeded` after')).toEqual([
      seconds(server.server.requestTimeoutMs),
      // ANSWER_MS in lambda/http/gateway.ts is kept for the answer.
      `${settings.timeoutSeconds - 0.5} s`,
    ]);
    expect(row('API Gateway answers `gateway_timeout` after')).toEqual(['', `${GATEWAY_TIMEOUT_SECONDS} s`]);
    const fetched = seconds(server.url.totalTimeoutMs);
    expect(row('A URL is fetched for at most')).toEqual([fetched, fetched]);
    const upload = `${RECEIVE_MS / 60_000} minutes`;
    expect(row('The file of an upload may take')).toEqual([upload, upload]);
    expect(row('A job may run for')).toEqual(['no limit', `${jobs.maxHours} hours`]);
    expect(row('The results of a job are kept for')).toEqual(['7 days', `${jobs.keepDays} days`]);
  });

  it('of the HTTP server on images at a time are those of its budget', () => {
    const { capacity } = createBudgets(server.budgets).predictions;
    expect(sentences).toContain(`works on ${capacity} images at the same time`);
  });

  it('on rates are those of the stages', () => {
    const rows = rowsOf(guide, '| | `dev` | `staging` | `prod` |');
    const stages = (['dev', 'staging', 'prod'] as const).map((name) => readStage(name).settings);
    const pair = ({ ratePerSecond, burst }: Limits) => `${number(ratePerSecond)}, ${number(burst)}`;
    const keys = stages.map(({ auth }) => {
      if (auth === 'off' || auth.kind !== 'api-key') throw new Error('expected a stage with keys');
      return auth;
    });
    expect(rows).toEqual([
      ['One key: requests a second, and at once', ...keys.map(pair)],
      ['One key, each slow route', ...stages.map(({ throttle }) => pair(slowLimitsOfKey(throttle)))],
      [
        'One key: requests a day',
        ...keys.map(({ requestsPerDay: most }) => (most === 'off' ? 'no limit' : number(most))),
      ],
      ['All callers together, each fast route', ...stages.map(({ throttle }) => pair(throttle.predict))],
      ['All callers together, each slow route', ...stages.map(({ throttle }) => pair(throttle.slow))],
      ['All callers together, each other route', ...stages.map(({ throttle }) => pair(throttle.open))],
      [
        'One address: requests in 5 minutes',
        ...stages.map(({ waf }) => (waf === 'off' ? 'no limit' : number(waf.requestsPer5Minutes))),
      ],
    ]);
  });

  it('names the slow routes', () => {
    const paths = new Set(own.filter((operation) => operation.guarded).map(({ path }) => path));
    const slow = own.filter((operation) => limitOf(operation, paths) === 'slow').map(nameOf);
    const [sentence = ''] = /The \*\*slow\*\* routes are [^.]+\./.exec(guide) ?? [];
    expect([...namesIn(sentence)].sort()).toEqual(slow.sort());
    const fast = OPERATIONS.filter(
      (operation) => limitOf(operation, paths) === 'predict' && !operation.guarded,
    );
    expect(fast.map(nameOf)).toEqual(['GET /ready']);
  });
});
