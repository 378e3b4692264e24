import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCorpus, type Sample } from './corpus.ts';
import { mutant } from './mutations.ts';
import { expectRefused, type HostileService, MIB, raw, startHostileService } from './support.ts';

/** A failure names its seed; MUTATION_SEED=that MUTATIONS=1 makes the same request again. */
const FIRST_SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const COUNT = Number(process.env['MUTATIONS'] ?? (process.env['CI'] ? 10_000 : 1000));
const CONCURRENCY = 4;
/** Resident memory may grow that much after the first fifth of the sweep: allocators keep some of what they had. */
const MAX_GROWTH_BYTES = 100 * MIB;
/** And never be more than that: Node and sharp take 130, the rest is for images whose size a mutation declares. */
const MAX_PEAK_BYTES = 800 * MIB;
/** What a refusal of damaged bytes may say. A mutant that lost its first bytes has no format or no bytes left. */
const REFUSALS = ['invalid_image', 'too_many_pixels', 'unsupported_media_type', 'invalid_request'];

let service: HostileService;
let corpus: readonly Sample[];
beforeAll(async () => {
  [service, corpus] = await Promise.all([startHostileService(), createCorpus()]);
});
afterAll(() => service.stop());

test('every image of the corpus is good before it is damaged', async () => {
  for (const { name, bytes } of corpus) {
    expect(await service.post('/predict', raw(bytes), name), name).toMatchObject({ status: 200 });
  }
});

test('the same seed makes the same mutant', () => {
  expect(mutant(corpus, 42)).toEqual(mutant(corpus, 42));
  expect(mutant(corpus, 42)).not.toEqual(mutant(corpus, 43));
});

test(`${COUNT} damaged images from seed ${FIRST_SEED}: none is answered with 5xx, none ends the process`, {
  timeout: 180_000,
}, async ({ annotate }) => {
  const answers: Record<string, number> = {};
  const rssBytes: number[] = [];
  let next = 0;

  async function sendMutants(): Promise<void> {
    while (next < COUNT) {
      const offset = next;
      next += 1;
      const { about, bytes } = mutant(corpus, FIRST_SEED + offset);
      const answer = await service.post('/predict', raw(bytes), about);
      if (answer.status !== 200) expectRefused(answer, ...REFUSALS);
      answers[answer.status] = (answers[answer.status] ?? 0) + 1;
      if (offset % Math.ceil(COUNT / 50) === 0) rssBytes.push((await service.stats()).rssBytes);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, sendMutants));

  const { peakRssBytes } = await service.stats();
  const warm = Math.max(...rssBytes.slice(0, Math.ceil(rssBytes.length / 5)));
  const growth = Math.max(...rssBytes) - warm;
  const mib = (bytes: number) => Math.round(bytes / MIB);
  await annotate(
    `${COUNT} mutants: ${JSON.stringify(answers)}; resident ${mib(warm)} MiB when warm, ` +
      `grew by ${mib(growth)} MiB, peak ${mib(peakRssBytes)} MiB`,
  );
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  expect(peakRssBytes).toBeLessThan(MAX_PEAK_BYTES);
  // A sweep that only ever takes or only ever refuses tests one half of the service.
  if (COUNT >= 100) expect(Object.keys(answers)).toEqual(expect.arrayContaining(['200', '422']));
  await service.expectAlive();
});
