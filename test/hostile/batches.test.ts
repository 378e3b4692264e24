import { afterAll, beforeAll, expect, test } from 'vitest';
import { giant } from './giants.ts';
import { cat, type HostileService, raw, startHostileService } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
});
afterAll(() => service.stop());

/** Found by mutants 12500 to 12653, which were all refused next to two batches. */
test('batches that wait for each other do not make the service refuse photos', {
  timeout: 60_000,
}, async () => {
  const images = Array.from({ length: 16 }, () => giant('webp 1 x 16383'));
  const encoded = (await Promise.all(images)).map((image) => Buffer.from(image).toString('base64'));
  const batch = raw(JSON.stringify({ images: encoded }), 'application/json');
  let areDone = false;
  // It does not matter here whether the second batch is served in time or refused.
  const batches = Promise.allSettled([1, 2].map(() => service.post('/predict/batch', batch))).then(() => {
    areDone = true;
  });
  const statuses: number[] = [];
  while (!areDone) statuses.push((await service.post('/predict', raw(cat), 'a photo')).status);
  await batches;
  expect(statuses.length).toBeGreaterThan(1);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});
