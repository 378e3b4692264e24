import { expect, test } from 'vitest';
import { alice, BASE, current, errorOf, openEngine, requestOf, send } from './support.ts';

const HOUR_MS = 3_600_000;
const noRoom = expect.stringMatching(/no room|as many uploads/);

test('refusals for lack of room are reported once an hour, and no others', async () => {
  const reasons: string[] = [];
  const engine = await openEngine({
    settings: { maxFolderBytes: 16 * 2 ** 20 },
    onRefusal: (reason) => reasons.push(reason),
  });
  engine.stop();
  const announce = (bytes: number) =>
    engine.uploads.create(alice, { bytes, contentType: 'image/jpeg' }, BASE);
  const inputs = Array.from({ length: 1000 }, (_, index) => ({ url: `https://example.com/${index}` }));
  const create = () =>
    engine.jobs.create(alice, requestOf(inputs, { options: { topK: 1000, explain: 0 } }), undefined, BASE);

  const { url } = await announce(1_000_000);
  await errorOf(send(engine, url, new Uint8Array(1)));
  expect(reasons).toEqual([]);
  for (let count = 0; count < 3; count += 1) {
    expect(await errorOf(announce(4_000_000))).toMatchObject({ code: 'storage_full' });
    expect(await errorOf(create())).toMatchObject({ code: 'storage_full' });
  }
  expect(reasons).toEqual([noRoom]);
  current.time += HOUR_MS;
  await errorOf(create());
  expect(reasons).toEqual([noRoom, noRoom]);
});
