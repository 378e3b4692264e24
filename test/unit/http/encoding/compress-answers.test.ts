import { gunzipSync, inflateSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import type { AppEnv } from '../../../../lambda/http/context.ts';
import { compressAnswers } from '../../../../lambda/http/encoding/compress-answers.ts';

const LONG = JSON.stringify({ data: Array.from({ length: 1000 }, (_, index) => index / 7) });

const app = new Hono<AppEnv>();
app.use('/answer/*', compressAnswers());
app.post('/answer/:length', (c) =>
  c.body(LONG.slice(0, Number(c.req.param('length'))), 200, {
    'content-type': 'application/json',
    'inference-header-content-length': '100',
    vary: 'Origin',
  }),
);
app.post('/answer/error/long', (c) => c.json({ error: LONG }, 400));

const ask = (length: number | string, accepted?: string) =>
  app.request(`/answer/${length}`, {
    method: 'POST',
    ...(accepted === undefined ? {} : { headers: { 'accept-encoding': accepted } }),
  });

const DECODE = { gzip: gunzipSync, deflate: inflateSync };

describe('answers', () => {
  test.each([
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['br;q=1.0, GZIP;q=0.8, *;q=0.1', 'gzip'],
    ['gzip;q=0.2, deflate;q=0.9', 'deflate'],
    ['gzip;q=0, deflate', 'deflate'],
    ['gzip;q=0.5, identity;q=0.1', 'gzip'],
  ] as const)('are compressed for Accept-Encoding: %s', async (accepted, coding) => {
    const answer = await ask(5000, accepted);
    expect(answer.headers.get('content-encoding')).toBe(coding);
    expect(answer.headers.get('vary')).toBe('Origin, Accept-Encoding');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('inference-header-content-length')).toBe('100');
    const sent = await answer.bytes();
    expect(sent.length).toBeLessThan(3500);
    expect(String(DECODE[coding](sent))).toBe(LONG.slice(0, 5000));
  });

  test.each([undefined, '', 'identity', 'br', 'gzip;q=0', 'identity, gzip;q=0.5', 'br, *;q=0'])(
    'are sent as they are for Accept-Encoding: %s',
    async (accepted) => {
      const answer = await ask(5000, accepted);
      expect(answer.headers.get('content-encoding')).toBeNull();
      expect(answer.headers.get('vary')).toBe('Origin, Accept-Encoding');
      expect(await answer.text()).toBe(LONG.slice(0, 5000));
    },
  );

  test.each([
    [0, null],
    [1023, null],
    [1024, 'gzip'],
  ])('of %i bytes have the content coding %s', async (length, coding) => {
    const answer = await ask(length, 'gzip');
    expect(answer.headers.get('content-encoding')).toBe(coding);
    const sent = await answer.bytes();
    expect((coding ? gunzipSync(sent) : sent).length).toBe(length);
  });

  test('that are errors are sent as they are, which every client can read', async () => {
    const answer = await ask('error/long', 'gzip');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.json()).toEqual({ error: LONG });
  });

  test('are complete when many are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(15_000, 'deflate')));
    for (const answer of answers) expect(inflateSync(await answer.bytes())).toHaveLength(15_000);
  });
});
