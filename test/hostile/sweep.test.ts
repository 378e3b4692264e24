import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCorpus, type Sample } from './corpus/index.ts';
import { type HostileService, MIB, startHostileService } from './support.ts';
import { aloneCpuMs, type Swept, sweep } from './sweep.ts';
import { lastHalf } from './trend.ts';

/** A failure names its seed; MUTATION_SEED=that MUTATIONS=1 makes the same request again. */
const FIRST_SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const COUNT = Number(process.env['MUTATIONS'] ?? (process.env['CI'] ? 20_000 : 1000));
const CONCURRENCY = 4;
/** Of the bodies that took longest in the sweep so many are sent again, each alone. */
const SENT_AGAIN = 12;
/** Processor time for one body. */
const MAX_CPU_MS = 2000;
/** Resident memory may grow by that much over the last half of the sweep. */
const MAX_GROWTH_BYTES = 100 * MIB;
/** And never be more than that: Node and sharp take 130, the rest is for images whose size a mutation declares. */
const MAX_PEAK_BYTES = 800 * MIB;

let service: HostileService;
let corpus: readonly Sample[];
let swept: Swept;
beforeAll(async () => {
  [service, corpus] = await Promise.all([startHostileService(), createCorpus()]);
});
afterAll(() => service.stop());

test(`${COUNT} mutants from seed ${FIRST_SEED}: none is answered with 5xx, none ends the process`, {
  timeout: 60_000 + 100 * COUNT,
}, async ({ annotate }) => {
  swept = await sweep(service, corpus, {
    firstSeed: FIRST_SEED,
    count: COUNT,
    concurrency: CONCURRENCY,
    keepSlowest: SENT_AGAIN,
  });
  await annotate(
    `${COUNT} mutants: ${JSON.stringify(swept.kinds)}, answers ${JSON.stringify(swept.statuses)}`,
  );
  // A sweep that only ever takes or only ever refuses tests one half of the service.
  if (COUNT >= 100)
    expect(Object.keys(swept.statuses)).toEqual(expect.arrayContaining(['200', '400', '422']));
  await service.expectAlive();
});

test('memory does not grow for ever', async ({ annotate }) => {
  const { growth, from, to } = lastHalf(swept.rssBytes);
  const { peakRssBytes } = await service.stats();
  const mib = (bytes: number) => (bytes / MIB).toFixed(0);
  const perThousand = (growth / MIB / (COUNT / 2)) * 1000;
  await annotate(
    `resident memory over the last half: ${mib(from)} to ${mib(to)} MiB, ${perThousand.toFixed(2)} MiB per 1000 bodies; ` +
      `peak ${mib(peakRssBytes)} MiB`,
  );
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  expect(peakRssBytes).toBeLessThan(MAX_PEAK_BYTES);
});

test(`no body takes more than ${MAX_CPU_MS} ms of processor time`, { timeout: 240_000 }, async ({
  annotate,
}) => {
  let worst = { cpuMs: 0, about: 'none' };
  for (const { seed, about } of swept.slowest) {
    const cpuMs = await aloneCpuMs(service, corpus, seed);
    if (cpuMs > worst.cpuMs) worst = { cpuMs, about };
  }
  await annotate(`slowest, alone: ${worst.cpuMs.toFixed(0)} ms of processor time for ${worst.about}`);
  expect(worst.cpuMs, worst.about).toBeLessThan(MAX_CPU_MS);
});
