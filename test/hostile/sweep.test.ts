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
/** Processor time of the main thread in one turn of the event loop. */
const MAX_TICK_MS = 500;
/** Resident memory may grow by that much over the last half of the sweep. */
const MAX_GROWTH_BYTES = 100 * MIB;
/** In a shorter sweep one large image makes up most of the growth. */
const LEAST_COUNT_FOR_GROWTH = 10_000;
/** A container with one vCPU has that much, and ends a process that takes more. */
const MEMORY_MIB = 1769;

/**
 * The memory of that container, and places for as many batches as there are requests at once: that the service
 * refuses work while it is busy is for other tests.
 */
const SETTINGS = { MEMORY_LIMIT_MIB: String(MEMORY_MIB), MAX_IN_FLIGHT: '128' };

let service: HostileService;
let corpus: readonly Sample[];
let ended: Swept | undefined;
beforeAll(async () => {
  [service, corpus] = await Promise.all([startHostileService(SETTINGS), createCorpus()]);
});
afterAll(() => service.stop());

/** What the first test has found, without which there is nothing to look at. */
function swept(): Swept {
  if (!ended) throw new Error('The sweep did not end');
  return ended;
}

test(`${COUNT} mutants from seed ${FIRST_SEED}: none is answered with 5xx, none ends the process`, {
  timeout: 60_000 + 100 * COUNT,
}, async ({ annotate }) => {
  ended = await sweep(service, corpus, {
    firstSeed: FIRST_SEED,
    count: COUNT,
    concurrency: CONCURRENCY,
    keepSlowest: SENT_AGAIN,
  });
  await annotate(
    `${COUNT} mutants: ${JSON.stringify(ended.kinds)}, answers ${JSON.stringify(ended.statuses)}`,
  );
  // A sweep that only ever takes or only ever refuses tests one half of the service.
  if (COUNT >= 100)
    expect(Object.keys(ended.statuses)).toEqual(expect.arrayContaining(['200', '400', '422']));
  await service.expectAlive();
});

test('memory does not grow for ever', async ({ annotate }) => {
  const { growth, from, to } = lastHalf(swept().rssBytes);
  const { peakRssBytes } = await service.stats();
  const mib = (bytes: number) => (bytes / MIB).toFixed(0);
  const perThousand = (growth / MIB / (COUNT / 2)) * 1000;
  await annotate(
    `resident memory over the last half: ${mib(from)} to ${mib(to)} MiB, ${perThousand.toFixed(2)} MiB per 1000 bodies; ` +
      `peak ${mib(peakRssBytes)} MiB`,
  );
  // glibc's allocator keeps what it once had for large images (ADR 15).
  if (service.hasImageAllocator && COUNT >= LEAST_COUNT_FOR_GROWTH)
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  expect(peakRssBytes).toBeLessThan(MEMORY_MIB * MIB);
});

test(`no body holds the event loop for more than ${MAX_TICK_MS} ms`, async ({ annotate }) => {
  const { longestTickMs } = await service.stats();
  await annotate(`longest turn of the event loop: ${longestTickMs.toFixed(0)} ms of processor time`);
  expect(longestTickMs).toBeLessThan(MAX_TICK_MS);
});

test(`no body takes more than ${MAX_CPU_MS} ms of processor time`, { timeout: 240_000 }, async ({
  annotate,
}) => {
  let worst = { cpuMs: 0, about: 'none' };
  for (const { seed, about } of swept().slowest) {
    const cpuMs = await aloneCpuMs(service, corpus, seed);
    if (cpuMs > worst.cpuMs) worst = { cpuMs, about };
  }
  await annotate(`slowest, alone: ${worst.cpuMs.toFixed(0)} ms of processor time for ${worst.about}`);
  expect(worst.cpuMs, worst.about).toBeLessThan(MAX_CPU_MS);
});
