import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRepositoryFile } from '../support/model.ts';
import { type HostileService, head, MIB, raw, startHostileService, talk } from './support.ts';

const CLIENTS = 240;
/** 240 KB. */
const photo = readRepositoryFile('examples/cat.png');

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService({ MEMORY_LIMIT_MIB: '512' });
  await service.expectAlive();
});
afterAll(() => service.stop());

test.each([
  ['the size of photos', 400_000],
  ['of megabytes', 3_900_000],
])(
  'bodies %s that fill the memory are ended to make room for photos',
  { timeout: 60_000 },
  async (_what, bytes) => {
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    async function* held() {
      yield head('POST', '/predict', [['content-length', String(bytes + 100_000)]]);
      yield Buffer.alloc(bytes);
      // Fast enough not to be refused as too slow.
      for (let seconds = 0; seconds < 12; seconds += 1) {
        if (await Promise.race([finished.then(() => true), sleep(1000).then(() => false)])) return;
        yield Buffer.alloc(2000);
      }
    }
    const answers = Array.from({ length: CLIENTS }, (_, client) =>
      talk(service.port, held(), { localAddress: `127.0.0.${2 + (client % 19)}` }),
    );
    // The first bodies hold the memory by now. In the first second a body does not count as slow.
    await sleep(3000);
    for (let round = 0; round < 5; round += 1) {
      // More photos at once than fit next to the bodies that are held.
      const photos = Array.from({ length: 16 }, () => service.post('/predict', raw(photo)));
      for (const { status } of await Promise.all(photos)) expect(status).toBe(200);
    }
    finish();
    const statuses = new Set((await Promise.all(answers)).map(({ status }) => status));
    expect(statuses).toContain(408);
    expect((await service.stats()).peakRssBytes).toBeLessThan(512 * MIB);
  },
);
