import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPrices } from '../../../../lib/prices.ts';
import { readStage } from '../../../../lib/stages.ts';
import { floodCost, LONGEST_BYTES } from '../../../../scripts/lib/cost/flood.ts';
import { testApp } from '../../../support/app.ts';

const prices = readPrices();
const costOf = (overrides: object) => floodCost(prices, readStage('prod', { prod: overrides }).settings);
const prod = costOf({});
/** What a caller can do with predictions alone. */
const withoutJobs = (overrides: object = {}) => costOf({ jobs: 'off', ...overrides });

describe('a flood', () => {
  it('without a key costs at most 200 USD a day in prod', () => {
    expect(prod.openUsdPerDay).toBeLessThan(200);
    // Before open methods had a limit of their own, each had that of predictions.
    expect(costOf({ throttle: { open: { ratePerSecond: 100 } } }).openUsdPerDay).toBeGreaterThan(1000);
  });

  it('pays for the data of the largest file and for GET /ready, which has the limit of predictions', () => {
    const dataOut = 5 * 86_400 * (LONGEST_BYTES.file / 1e9) * 0.09;
    const slower = costOf({ throttle: { predict: { ratePerSecond: 5 } } });
    expect(slower.openUsdPerDay).toBeGreaterThan(dataOut);
    expect(slower.openUsdPerDay).toBeLessThan(2.2 * dataOut);
  });

  it('with one key costs what its rate and the time limits allow', () => {
    const gbSecond = 1769 / 1024 / 60_000;
    const compute = 86_400 * (8 * 28 + 42 * 10) * gbSecond;
    expect(withoutJobs().callerUsdPerDay).toBeGreaterThan(compute);
    expect(withoutJobs().callerUsdPerDay).toBeLessThan(1.2 * compute);
  });

  it('with one key costs less with a daily quota', () => {
    const { callerUsdPerDay = Number.NaN } = withoutJobs({ auth: { requestsPerDay: 10_000 } });
    // All of them slow: 28 s on 1,769 MiB are less than a tenth of a cent.
    expect(callerUsdPerDay).toBeLessThan(10_000 * 0.001);
  });

  it('reaches predictions if these need no key', () => {
    const open = withoutJobs({ auth: 'off' });
    expect(open.callerUsdPerDay).toBeUndefined();
    expect(open.openUsdPerDay).toBeGreaterThan((withoutJobs().callerUsdPerDay ?? 0) * 2);
  });

  it('with a principal or a token costs what the limits of the methods allow', () => {
    const tokens = { from: 'oidc', issuer: 'https://login.example.com', audiences: ['api://vision'] };
    for (const auth of [{ kind: 'iam' }, { kind: 'jwt', tokens }]) {
      const { callerUsdPerDay = 0, openUsdPerDay } = costOf({ auth });
      expect(openUsdPerDay).toBe(prod.openUsdPerDay);
      expect(callerUsdPerDay).toBeCloseTo(costOf({ auth: 'off' }).openUsdPerDay - openUsdPerDay, 6);
    }
    // An invented token costs an invocation; a wrong signature or key costs none.
    expect(costOf({ auth: { kind: 'iam' } }).refusedUsdPerMillion).toBe(prod.refusedUsdPerMillion);
    const more = costOf({ auth: { kind: 'jwt', tokens } }).refusedUsdPerMillion - prod.refusedUsdPerMillion;
    expect(more).toBeGreaterThan(0.2);
    expect(more).toBeLessThan(2);
  });

  it('of jobs costs the workers all day, and the state transitions of their batches and of those that wait', () => {
    const jobs = (prod.callerUsdPerDay ?? 0) - (withoutJobs().callerUsdPerDay ?? 0);
    const workers = 86_400 * 50 * (1769 / 1024) * 0.0000166667;
    // 50 workers with batches of 0.3 s, and 200 jobs with 50 batches each that try once a minute.
    const transitions = 86_400 * (4 * (50 / 0.3) + (200 * 50) / 60) * 0.000025;
    expect(jobs).toBeGreaterThan(workers + transitions);
    expect(jobs).toBeLessThan(1.2 * (workers + transitions));
    expect(prod.callerUsdPerDay).toBeLessThan(5000);
  });

  it('without a key does not reach uploads and jobs', () => {
    expect(withoutJobs().openUsdPerDay).toBeCloseTo(prod.openUsdPerDay, 9);
  });

  it('of uploads costs a principal less than predictions do', () => {
    const { callerUsdPerDay = 0 } = costOf({ auth: { kind: 'iam' } });
    const predictions = withoutJobs({ auth: { kind: 'iam' } }).callerUsdPerDay ?? 0;
    expect(callerUsdPerDay).toBeGreaterThan(predictions);
    expect(callerUsdPerDay).toBeLessThan(1.5 * predictions);
  });

  it('of refused requests costs their inspection and their line in the access log', () => {
    expect(prod.refusedUsdPerMillion).toBeCloseTo(0.6 + 670 * 0.0005, 9);
    expect(costOf({ waf: 'off' }).refusedUsdPerMillion).toBeCloseTo(670 * 0.0005, 9);
  });
});

describe('the longest answers', () => {
  const HEADERS = 1000;
  const { request } = testApp();

  it.each([
    ['/', LONGEST_BYTES.other],
    ['/model', LONGEST_BYTES.other],
    ['/ready', LONGEST_BYTES.other],
    ['/docs/swagger-ui.js', LONGEST_BYTES.file],
    ['/openapi.json', LONGEST_BYTES.file],
  ])('%s is no longer than a flood is charged for', async (path, longest) => {
    const response = await request(path);
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength + HEADERS).toBeLessThanOrEqual(longest);
  });

  it('the labels of the real model are no longer either', () => {
    const { size } = statSync('models/resnet50/labels.json');
    expect(size).toBeLessThanOrEqual(LONGEST_BYTES.labels);
  });
});
