import { describe, expect, it } from 'vitest';
import { joinRounds, summarise } from '../../../bench/lib/compare/load-sweep.ts';
import { QUICK } from '../../../bench/lib/compare/plan.ts';
import { bestSettings } from '../../../bench/lib/compare/thread-sweep.ts';
import { documentOf } from '../../../bench/lib/report/document.ts';
import { plotsOf } from '../../../bench/lib/report/plots.ts';
import { isMet, type Target, targetsOf } from '../../../bench/lib/report/targets.ts';
import { resultSchema } from '../../../bench/lib/result.ts';
import { measurement, result } from './result.ts';

const measured = (id: Target['id'], of = result): number | undefined =>
  targetsOf(of).find((target) => target.id === id)?.measured?.median;

describe('targets', () => {
  it('compares with the best variant of the PyTorch stack in each figure', () => {
    expect(measured('p50')).toBeCloseTo(10 / 40);
    expect(measured('p99-busy')).toBeCloseTo(10 / 40);
    expect(measured('throughput-busy')).toBeCloseTo(100 / 30);
    expect(measured('memory')).toBeCloseTo(300 / 900);
    // Of each round: 0.3 / 4, 0.4 / 4 and 0.3 / 5.
    expect(measured('start')).toBeCloseTo(0.075);
  });

  it('compares with the limits for each number of threads', () => {
    expect(measured('http-over-bare-1')).toBeCloseTo(1.1);
    expect(measured('http-over-bare-2')).toBeCloseTo(1.2);
    expect(measured('int8-over-openvino-2')).toBeCloseTo((1.4 + 1.2) / 2);
  });

  it('isMet at the limit, and only on the right side of it', () => {
    const target = { id: 'p50', figure: '', limit: 4, unit: 'times' } as const;
    const of = (median: number) => ({ median, low: median, high: median });
    expect(isMet({ ...target, bound: 'at least', measured: of(4) })).toBe(true);
    expect(isMet({ ...target, bound: 'at least', measured: of(3.99) })).toBe(false);
    expect(isMet({ ...target, bound: 'at most', measured: of(4) })).toBe(true);
    expect(isMet({ ...target, bound: 'at most', measured: of(4.01) })).toBe(false);
    expect(isMet({ ...target, bound: 'at most', measured: undefined })).toBe(false);
  });

  it('has no rounding noise in half a point', () => {
    const accuracy = targetsOf(result).find(({ id }) => id === 'accuracy');
    expect(accuracy?.measured?.median).toBe(0.5);
    expect(accuracy && isMet(accuracy)).toBe(true);
  });
});

describe('the document', () => {
  it('says which targets are met, which are missed and what was not measured', () => {
    const document = documentOf({ ...result, accuracy: null }, measurement);
    const row = (text: string) => document.split('\n').find((line) => line.startsWith(`| ${text}`));
    expect(row('p50 latency of one client')).toMatch(/≤ 0.25 \| 0.25 \| yes \|$/);
    expect(row('Throughput of 8 clients')).toMatch(/≥ 4 \| 3.33 \| \*\*no\*\* \|$/);
    expect(row('Top-1')).toMatch(/not measured \| \*\*no\*\* \|$/);
    expect(document).toContain('**Throughput of 8 clients, against FastAPI + PyTorch.**');
    expect(document).toContain('A framework is missing: it does not install');
  });

  it('links every plot', () => {
    const document = documentOf(result, measurement);
    for (const name of Object.keys(plotsOf(result))) expect(document).toContain(`](benchmarks/${name})`);
  });

  it('has no gaps', () => {
    const everything = [documentOf(result, measurement), ...Object.values(plotsOf(result))].join('\n');
    expect(everything).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('states how long the load was before memory was read', () => {
    const document = documentOf(result, measurement);
    expect(document).toContain(
      'after 400 predictions with up to 8 clients and after 800 predictions with up to 32 clients',
    );
    expect(document).toContain('After 400 predictions of 8 clients it is 270 MiB.');
  });

  it('compares with the process that only loads the model, and omits it if it was not measured', () => {
    const row = '| The model alone, loaded and run once | 0.10 (0.10 to 0.20) | 121 (120 to 122) |';
    expect(documentOf(result, measurement)).toContain(row);
    const slow = { ...result, starts: result.starts.map((entry) => ({ ...entry, seconds: [1, 1, 1] })) };
    expect(documentOf(slow, measurement)).toContain('runs it once takes 0.10 of the 1.00 s');
    const without = documentOf({ ...slow, bareProcess: null }, measurement);
    expect(without).not.toContain('loaded and run once');
    expect(without).not.toContain('runs it once takes');
  });

  it('has the shares of a vCPU as ratios to one, and the starts of the container if there was one', () => {
    const document = documentOf(result, measurement);
    expect(document).toContain('| 0.5 | 885 | 1 | 2.00× | 24.0 | 30.0 | 12.0 |');
    expect(document).toContain('| `docker run` to the first prediction over HTTP | 0.65 (0.60 to 0.70) |');
    expect(documentOf({ ...result, container: null }, measurement)).not.toContain('docker run');
  });

  it('warns of a quick run', () => {
    expect(documentOf(result, measurement)).not.toContain('quick run');
    expect(documentOf({ ...result, quick: true }, measurement)).toContain('quick run');
  });
});

describe('the raw result', () => {
  it('is refused without rounds', () => {
    expect(resultSchema.parse(result)).toEqual(result);
    const [first] = result.load;
    expect(() => resultSchema.parse({ ...result, load: [{ ...first, rounds: [] }] })).toThrow();
  });
});

describe('measuring', () => {
  it('counts refused requests separately', () => {
    const latenciesMs = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(summarise({ seconds: 2, latenciesMs, refused: 30, answered: 120 }, 1.5)).toEqual({
      answers: 100,
      perSecond: 50,
      refusedPerSecond: 15,
      p50Ms: 50,
      p95Ms: 95,
      p99Ms: 99,
      cpuMsPerAnswer: 12.5,
    });
    expect(() => summarise({ seconds: 2, latenciesMs: [], refused: 30, answered: 0 }, 1)).toThrow('got none');
  });

  it('joins the rounds of each server with each number of clients, in order', () => {
    const [first] = result.load[0]?.rounds ?? [];
    if (!first) throw new Error('Expected a round');
    const measured = (subject: string, clients: number, p50Ms: number) => ({
      subject,
      clients,
      round: { ...first, p50Ms },
    });
    const rounds = [
      [measured('a', 1, 11), measured('b', 1, 21)],
      [measured('b', 1, 22), measured('a', 1, 12)],
    ];
    const context = { plan: { ...QUICK, clients: [{ clients: 1, seconds: 1 }] } };
    const joined = joinRounds(context, [{ id: 'a' }, { id: 'b' }], rounds);
    expect(joined.map(({ subject, rounds: all }) => [subject, all.map(({ p50Ms }) => p50Ms)])).toEqual([
      ['a', [11, 12]],
      ['b', [21, 22]],
    ]);
  });

  it('chooses for each number of workers the threads with the highest throughput', () => {
    const setting = (workers: number, threads: number, perSecondOf8Clients: number) => ({
      workers,
      threads,
      p50Ms: 1,
      perSecondOf8Clients,
    });
    const settings = [setting(1, 1, 10), setting(1, 2, 18), setting(2, 1, 20), setting(2, 2, 15)];
    expect(bestSettings(settings)).toEqual([settings[1], settings[2]]);
  });
});
