import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sample } from './corpus/index.ts';
import { mutateBytes } from './mutations.ts';
import { Random } from './random.ts';
import { cat, type HostileService, head, MIB, raw, startHostileService, talk } from './support.ts';

const INFER = '/v2/models/fake/infer';
const PHOTOS = '/v2/models/fake-image/infer';
const CLIENTS = 48;
/** A failure names its seed. MUTATION_SEED=<seed> MUTATIONS=1 sends the same request again. */
const FIRST_SEED = Number(process.env['MUTATION_SEED'] ?? 1);
const MUTANTS = Number(process.env['MUTATIONS'] ?? (process.env['CI'] ? 2000 : 400));

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService({ MEMORY_LIMIT_MIB: '512' });
  await service.expectAlive();
});
afterAll(() => service.stop());

const compressed = (bytes: Uint8Array, ...headers: readonly (readonly [string, string])[]) =>
  head('POST', INFER, [['content-length', String(bytes.length)], ['content-encoding', 'gzip'], ...headers]);

test('a client that sends slowly is not ended because others send compressed bodies', async () => {
  const values = new Uint8Array(3 * 224 * 224 * 4);
  const parameters = { binary_data_size: values.length };
  const json = Buffer.from(
    JSON.stringify({ inputs: [{ name: 'input', datatype: 'FP32', shape: [1, 3, 224, 224], parameters }] }),
  );
  // Hardly compressed, so that it is sent in many pieces.
  const body = gzipSync(Buffer.concat([json, values]), { level: 0 });
  async function* slowly() {
    yield head('POST', '/predict', [['content-length', String(cat.length)]]);
    for (let at = 0; at < cat.length; at += 3000) {
      yield cat.subarray(at, at + 3000);
      await sleep(300);
    }
  }
  let isDone = false;
  const slow = talk(service.port, slowly()).finally(() => {
    isDone = true;
  });
  const headers = { 'content-encoding': 'gzip', 'inference-header-content-length': String(json.length) };
  let classified = 0;
  while (!isDone) {
    const { status } = await fetch(`${service.url}${INFER}`, { method: 'POST', body, headers });
    expect(status).toBe(200);
    classified += 1;
  }
  expect((await slow).status).toBe(200);
  expect(classified).toBeGreaterThan(10);
});

test(`${MUTANTS} damaged compressed bodies are answered or refused`, { timeout: 300_000 }, async () => {
  const photo = Buffer.concat([Buffer.alloc(4), cat]);
  photo.writeUInt32LE(cat.length);
  const parameters = { binary_data_size: photo.length };
  const json = Buffer.from(
    JSON.stringify({ inputs: [{ name: 'image', datatype: 'BYTES', shape: [1], parameters }] }),
  );
  const body = Buffer.concat([json, photo]);
  const samples = [
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
  ].map(([name, bytes]) => ({ name, bytes, format: 'jpeg', status: 200 }) as Sample);
  const length = { 'inference-header-content-length': String(json.length) };
  const statuses = new Set<number>();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + MUTANTS; seed += 1) {
    const random = new Random(seed);
    const sample = random.of(samples);
    const { bytes, did } = mutateBytes(sample, random, samples);
    const response = await fetch(`${service.url}${PHOTOS}`, {
      method: 'POST',
      body: new Uint8Array(bytes),
      headers: { ...length, 'content-encoding': sample.name },
    });
    expect(response.status, `seed ${seed}: ${sample.name}, ${did}`).toBeLessThan(500);
    await response.bytes();
    statuses.add(response.status);
  }
  // Almost every one is refused for its checksum.
  expect(statuses).toContain(400);
  await service.expectAlive();
});

test('bombs from many clients at once are refused, and the memory stays within its limit', async () => {
  const bomb = gzipSync(Buffer.alloc(1024 * MIB));
  const answers = await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) =>
      talk(service.port, [compressed(bomb), bomb], { localAddress: `127.0.0.${2 + (client % 19)}` }),
    ),
  );
  // Those that find no memory to expand into are told to come back.
  for (const { status } of answers) expect([413, 503]).toContain(status);
  const { peakRssBytes, failures } = await service.stats();
  expect(failures.filter((failure) => !failure.includes('overloaded'))).toEqual([]);
  expect(peakRssBytes).toBeLessThan(512 * MIB);
  expect((await talk(service.port, [compressed(bomb), bomb])).status).toBe(413);
  expect((await service.post('/predict', raw(cat))).status).toBe(200);
});
