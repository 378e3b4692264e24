import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCorpus, type Sample } from './corpus/index.ts';
import { residentBytes } from './memory-guard.ts';
import { mutateBytes } from './mutations.ts';
import { Random } from './random.ts';
import { type InferMutant, mutateInfer } from './requests/infer.ts';
import { type HostileService, MIB, startHostileService } from './support.ts';
import { lastHalf } from './trend.ts';

/** A failure names its seed. MUTATION_SEED=<seed> MUTATIONS=1 sends the same request again. */
const FIRST_SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const COUNT = Number(process.env['MUTATIONS'] ?? (process.env['CI'] ? 4000 : 1000));
const CONCURRENCY = 4;
const NO_ANSWER_MS = 60_000;
/** CPU time of the main thread in one turn of the event loop. */
const MAX_TICK_MS = 500;
const MAX_GROWTH_BYTES = 100 * MIB;
/** In a shorter sweep, most of the growth can come from one large photo. `npm run test:nightly` is long enough. */
const LEAST_COUNT_FOR_GROWTH = 10_000;
const MEMORY_MIB = 1769;
/** Larger photos are for other tests. */
const MAX_PHOTO_BYTES = 20_000;

let service: HostileService;
let photos: readonly Sample[];
beforeAll(async () => {
  const settings = { MEMORY_LIMIT_MIB: String(MEMORY_MIB), MAX_IN_FLIGHT: '128' };
  const [started, corpus] = await Promise.all([startHostileService(settings), createCorpus()]);
  service = started;
  photos = corpus.filter(({ bytes }) => bytes.length <= MAX_PHOTO_BYTES);
  await service.expectAlive();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

/** Request number `seed`, which depends on nothing else. Some of its photos are damaged too. */
function mutant(seed: number): InferMutant {
  const random = new Random(seed);
  return mutateInfer(() => {
    const sample = random.of(photos);
    return random.below(8) === 0 ? mutateBytes(sample, random, photos).bytes : sample.bytes;
  }, random);
}

/** Sends a request. Fails unless its answer is one of the protocol, and not a failure of the service. */
async function send({ path, headers, body, did }: InferMutant, about: string): Promise<number> {
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers,
    body: body as Uint8Array<ArrayBuffer>,
    signal: AbortSignal.timeout(NO_ANSWER_MS),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  const { status } = response;
  if (status >= 500) {
    const { failures } = await service.stats();
    throw new Error(
      `${about} (${did}): ${status} ${answer.toString().slice(0, 300)}; ${failures.join('\n')}`,
    );
  }
  const length = Number(response.headers.get('inference-header-content-length') ?? answer.length);
  const json = JSON.parse(answer.toString('utf8', 0, length));
  if (status === 200) {
    expect(json, about).toMatchObject({ outputs: [{ name: expect.any(String) }] });
  } else {
    expect(response.headers.get('content-type'), about).toBe('application/json');
    expect(json, about).toEqual({ error: expect.any(String) });
    expect(answer.length, `${about}: an error repeats little of what was sent`).toBeLessThan(2000);
  }
  return status;
}

test(`${COUNT} mutants from seed ${FIRST_SEED}: no answer is 5xx, in bounded memory`, {
  timeout: 60_000 + 50 * COUNT,
}, async ({ annotate }) => {
  const statuses: Record<number, number> = {};
  const rssBytes: number[] = [];
  let next = 0;
  async function sendMutants(): Promise<void> {
    while (next < COUNT) {
      const seed = FIRST_SEED + next;
      next += 1;
      const status = await send(mutant(seed), `mutant ${seed}`);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (seed % 50 === 0) rssBytes.push(residentBytes(service.pid) ?? 0);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, sendMutants));
  const { longestTickMs, peakRssBytes } = await service.stats();
  const { growth, to } = lastHalf(rssBytes);
  await annotate(
    `answers ${JSON.stringify(statuses)}, longest turn ${Math.round(longestTickMs)} ms, resident memory grew by ` +
      `${Math.round(growth / MIB)} to ${Math.round(to / MIB)} MiB over the last half, peak ${Math.round(peakRssBytes / MIB)} MiB`,
  );
  // A sweep in which everything is accepted, or everything is refused, tests only half of the service.
  if (COUNT >= 1000)
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '415', '422']));
  expect(longestTickMs).toBeLessThan(MAX_TICK_MS);
  expect(peakRssBytes).toBeLessThan(MEMORY_MIB * MIB);
  if (service.hasImageAllocator && COUNT >= LEAST_COUNT_FOR_GROWTH)
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
});

test('a mutant is always the same for the same seed', () => {
  for (let seed = 1; seed <= 50; seed += 1) expect(mutant(seed)).toEqual(mutant(seed));
  expect(mutant(42)).not.toEqual(mutant(43));
});

describe('a large body does not block the event loop, and takes bounded memory', () => {
  const MILLION = 1_000_000;
  const request = (data: string, shape = '[16,3,224,224]') =>
    `{"inputs":[{"name":"input","datatype":"FP32","shape":${shape},"data":${data}}]}`;

  const photoRequest = (data: string) =>
    `{"inputs":[{"name":"image","datatype":"BYTES","shape":[16],"data":${data}}]}`;

  test.each([
    ['numbers of one digit', () => request(`[${'0,'.repeat(16 * 150_528 - 1)}0]`), [200]],
    [
      'numbers of 17 digits',
      () => request(`[${'0.48500001430511475,'.repeat(6 * 150_528 - 1)}0]`, '[6,3,224,224]'),
      [200],
    ],
    ['too many numbers', () => request(`[${'0,'.repeat(20 * MILLION)}0]`), [400, 413]],
    ['millions of empty arrays', () => request(`[${'[],'.repeat(10 * MILLION)}[]]`), [400, 413]],
    ['a million arrays in each other', () => request('['.repeat(MILLION)), [400]],
    ['30 MB of white space', () => request(`[${' '.repeat(30 * MILLION)}0]`), [400, 413]],
    ['30 MB of one number', () => request(`[${'1'.repeat(30 * MILLION)}]`), [400, 413]],
    ['30 MB of one string', () => request(`["${'A'.repeat(30 * MILLION)}"]`), [400, 413]],
    ['30 MB of quotes', () => request(`["${'\\"'.repeat(15 * MILLION)}"]`), [400, 413]],
    ['30 MB of backslashes', () => request(`["${'\\'.repeat(30 * MILLION)}"]`), [400, 413]],
    ['millions of short strings', () => request(`[${'"",'.repeat(10 * MILLION)}""]`), [400, 413]],
    ['30 MB of names', () => `{${'"a":1,'.repeat(5 * MILLION)}"a":1}`, [400, 413]],
    ['millions of data', () => `{${'"data":[],'.repeat(3 * MILLION)}"a":1}`, [400, 413]],
    ['photos: 30 MB of escapes', () => photoRequest(`["${'\\u0041'.repeat(5 * MILLION)}"]`), [400, 413, 415]],
    [
      'photos: 30 MB of white space in base64',
      () => photoRequest(`["AAAA${' '.repeat(25 * MILLION)}"]`),
      [400, 413, 415],
    ],
    [
      'photos: millions of short strings',
      () => photoRequest(`[${'"AAAA",'.repeat(4 * MILLION)}""]`),
      [400, 413],
    ],
    ['photos: 30 MB of white space', () => photoRequest(`[${' '.repeat(30 * MILLION)}"AAAA"]`), [400, 413]],
  ] as const)('%s', { timeout: 30_000 }, async (what, make, statuses) => {
    const before = (await service.stats()).peakRssBytes;
    await service.forgetTicks();
    const mutantOf = (body: string): InferMutant => ({
      path: `/v2/models/${what.startsWith('photos') ? 'fake-image' : 'fake'}/infer`,
      headers: {},
      body: Buffer.from(body),
      did: what,
    });
    expect(statuses).toContain(await send(mutantOf(make()), what));
    const { longestTickMs, peakRssBytes } = await service.stats();
    expect(longestTickMs).toBeLessThan(MAX_TICK_MS);
    expect(peakRssBytes - before).toBeLessThan(300 * MIB);
  });
});
