import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createGate } from '../../../../../lambda/budget/gate.ts';
import { withManyStrings } from '../../../../../lambda/http/body/json/many-strings.ts';
import type { BodySource } from '../../../../../lambda/http/body/source.ts';

const URLS = Array.from({ length: 1000 }, (_, index) => `https://example.com/${index}/`.padEnd(2048, 'x'));
const BODY = Buffer.from(JSON.stringify({ urls: URLS }));
const PIECE_BYTES = 64 * 1024;

/** A body that arrives in pieces, between those of others. */
const sourceOf = (headers: Headers): BodySource => ({
  headers,
  async read(take) {
    for (let at = 0; at < BODY.byteLength; at += PIECE_BYTES) {
      await take(BODY.subarray(at, at + PIECE_BYTES));
      await nextTurn();
    }
  },
  owner: '192.0.2.1',
  signal: new AbortController().signal,
});

// Those that held a body and waited for the memory to parse it would wait for each other until all are refused.
test.each([
  ['announce their size', new Headers({ 'content-length': String(BODY.byteLength) })],
  ['do not', new Headers()],
])('many large bodies at the same time, which %s, are read one after the other', async (_, headers) => {
  const gate = createGate({
    capacity: 40_000_000,
    heavyCapacity: 30_000_000,
    ownerCapacity: 20_000_000,
    maxWaiting: 64,
    maxWaitMs: 10_000,
    refusal: 'busy',
  });
  const read = () =>
    withManyStrings(sourceOf(headers), { gate, maxBytes: 2_500_000 }, async ({ urls }) => {
      expect(gate.used()).toBeGreaterThanOrEqual(3 * BODY.byteLength);
      return urls;
    });
  for (const urls of await Promise.all(Array.from({ length: 12 }, read))) expect(urls).toEqual(URLS);
  expect(gate.used()).toBe(0);
});
