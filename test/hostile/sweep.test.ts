import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCorpus, type Sample } from './corpus/index.ts';
import { type HostileService, MIB, startHostileService } from './support.ts';
import { aloneCpuMs, type Swept, sweep } from './sweep.ts';
import { lastHalf } from './trend.ts';

/** A failure names its seed. MUTATION_SEED=<seed> MUTATIONS=1 sends the same request again. */
const FIRST_SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const COUNT = Number(process.env['MUTATIONS'] ?? (process.env['CI'] ? 6000 : 1000));
const CONCURRENCY = 4;
/** How many of the slowest bodies are sent again, each alone. */
const SENT_AGAIN = 12;
/** CPU time for one body. */
const MAX_CPU_MS = 2000;
/** CPU time of the main thread in one turn of the event loop. */
const MAX_TICK_MS = 500;
/** How much resident memory may grow over the last half of the sweep. */
const MAX_GROWTH_BYTES = 100 * MIB;
/** In a shorter sweep, most of the growth can come from one large image. */
const LEAST_COUNT_FOR_GROWTH = 10_000;
/** The memory of a container with one vCPU, which kills a process that takes more. */
const MEMORY_MIB = 1769;

/**
 * The memory of that container, and enough slots for all batches at the same time. Other tests check that a
 * busy service refuses work.
 */
const SETTINGS = { MEMORY_LIMIT_MIB: String(MEMORY_MIB), MAX_IN_FLIGHT: '128' };

let service: HostileService;
let corpus: readonly Sample[];
let ended: Swept | undefined;
beforeAll(async () => {
  [service, corpus] = await Promise.all([startHostileService(SETTINGS), createCorpus()]);
});
afterAll(() => service.stop());

/** The result of the first test, which the others need. */
function swept(): Swept {
  if (!ended) throw new Error('The sweep did not end');
  return ended;
}

test(`${COUNT} mutants from seed ${FIRST_SEED}: no response is 5xx, and the process stays alive`, {
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
  // A sweep in which everything is accepted, or everything is refused, tests only half of the service.
  if (COUNT >= 100)
    expect(Object.keys(ended.statuses)).toEqual(expect.arrayContaining(['200', '400', '422']));
  await service.expectAlive();
});

test('memory does not keep growing', async ({ annotate }) => {
  const { growth, from, to } = lastHalf(swept().rssBytes);
  const { peakRssBytes } = await service.stats();
  const mib = (bytes: number) => (bytes / MIB).toFixed(0);
  const perThousand = (growth / MIB / (COUNT / 2)) * 1000;
  await annotate(
    `resident memory over the last half: ${mib(from)} to ${mib(to)} MiB, ${perThousand.toFixed(2)} MiB per 1000 bodies; ` +
      `peak ${mib(peakRssBytes)} MiB`,
  );
  // Another C library may keep memory that large images once used (ADR 15).
  if (service.hasImageAllocator && COUNT >= LEAST_COUNT_FOR_GROWTH)
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  expect(peakRssBytes).toBeLessThan(MEMORY_MIB * MIB);
});

test(`no body blocks the event loop for more than ${MAX_TICK_MS} ms`, async ({ annotate }) => {
  const { longestTickMs } = await service.stats();
  await annotate(`longest turn of the event loop: ${longestTickMs.toFixed(0)} ms of CPU time`);
  expect(longestTickMs).toBeLessThan(MAX_TICK_MS);
});

test(`no body takes more than ${MAX_CPU_MS} ms of CPU time`, { timeout: 240_000 }, async ({ annotate }) => {
  let worst = { cpuMs: 0, about: 'none' };
  for (const { seed, about } of swept().slowest) {
    const cpuMs = await aloneCpuMs(service, corpus, seed);
    if (cpuMs > worst.cpuMs) worst = { cpuMs, about };
  }
  await annotate(`slowest, alone: ${worst.cpuMs.toFixed(0)} ms of processor time for ${worst.about}`);
  expect(worst.cpuMs, worst.about).toBeLessThan(MAX_CPU_MS);
});
