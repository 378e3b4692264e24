import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cat, expectRefused, type HostileService, MIB, raw, startHostileService } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
  await service.expectAlive();
});
afterAll(async () => {
  await service.expectAlive();
  // If a parsed object had changed a prototype, this response would show it.
  const health = (await (await fetch(`${service.url}/health`)).json()) as Record<string, unknown>;
  expect(Object.keys(health)).toEqual(['status', 'uptime_s']);
  await service.stop();
});

const image = Buffer.from(cat).toString('base64');
const URL_TEXT = 'https://a.example/';
const MILLION = 1_000_000;
const nested = (count: number) => `${'['.repeat(count)}${']'.repeat(count)}`;
const bytes = (...pieces: readonly (string | number[])[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));

const PATHS = [
  ['/predict', 'image', JSON.stringify(image)],
  ['/predict/url', 'url', JSON.stringify(URL_TEXT)],
  ['/predict/batch', 'images', JSON.stringify([image])],
] as const;

describe.each(PATHS)('%s', (path, field, value) => {
  const send = async (what: string, body: string | Uint8Array) => {
    const before = (await service.stats()).peakRssBytes;
    const answer = await service.post(path, raw(body, 'application/json'), what);
    // The body exists as chunks, as bytes, as text and as a parsed string.
    expect((await service.stats()).peakRssBytes - before, what).toBeLessThan(500 * MIB);
    return answer;
  };

  test.each([
    ['nothing', ''],
    ['white space', ' '.repeat(10_000)],
    ['not a number', 'NaN'],
    ['a field that is not a number', `{"${field}":NaN}`],
    ['a number that overflows', '1e999999'],
    ['a number of 100,000 digits', '9'.repeat(100_000)],
    ['a field of 100,000 digits', `{"${field}":${'9'.repeat(100_000)}}`],
    ['a string', '"x"'],
    ['true', 'true'],
    ['one quote', '"'],
    ['one brace', '{'],
    ['a trailing comma', `{"${field}":${value},}`],
    ['two objects', `{"${field}":${value}}{}`],
    ['single quotes', `{'${field}':'x'}`],
    ['a comment', `{"${field}":${value}}//`],
    ['NUL', '\0'],
    ['UTF-16', Buffer.from(`{"${field}":${value}}`, 'utf16le')],
    ['bytes that are not UTF-8', bytes('{"', [0xff, 0xfe, 0xc0, 0x80], '":1}')],
    ['a string that is not UTF-8', bytes(`{"${field}":"`, [0xed, 0xa0, 0x80], '"}')],
    ['lone surrogates', `{"${field}":"\\ud800\\udfff\\ud800"}`],
    ['control characters', `{"${field}":"\u0001"}`],
    ['the prototype', `{"__proto__":{"polluted":true}}`],
    ['the prototype beside the field', `{"${field}":"!","__proto__":{"status":"polluted"}}`],
    ['the constructor', `{"constructor":{"prototype":{"status":"polluted"}},"${field}":"!"}`],
    ['a method for a field', `{"${field}":"!","toString":1,"hasOwnProperty":1,"then":1}`],
    ['a name of 10 KB', `{"${'n'.repeat(10_000)}":1}`],
    ['an object as the value', `{"${field}":{"length":1,"0":"x"}}`],
    ['null as the value', `{"${field}":null}`],
  ])('%s is refused', async (what, body) => {
    const answer = await send(what, body);
    // A batch of unreadable images is still a batch, and the body of a URL request has its own limit.
    if (answer.status !== 200) expectRefused(answer, 'invalid_request', 'image_too_large', 'url_not_allowed');
    else expect(path).toBe('/predict/batch');
    expect(JSON.stringify(answer.body).length, 'an answer repeats little of what was sent').toBeLessThan(
      5000,
    );
  });

  test.each([
    ['20 MB in one string', () => `{"${field}":"${'A'.repeat(20 * MILLION)}"}`],
    ['20 MB of white space', () => `{"${field}":"${' '.repeat(20 * MILLION)}"}`],
    ['20 MB of escapes', () => `{"${field}":"${'\\u0041'.repeat(3 * MILLION)}"}`],
    ['a data URL that does not end', () => `{"${field}":"data:${';base64'.repeat(2 * MILLION)}"}`],
    ['a million items', () => `{"${field}":[${'0,'.repeat(MILLION)}0]}`],
    [
      'two million names',
      () => `{${Array.from({ length: 2 * MILLION }, (_, index) => `"${index}":0`).join()}}`,
    ],
    ['the same name a million times', () => `{${`"${field}":0,`.repeat(MILLION)}"${field}":0}`],
    ['a million arrays in each other', () => nested(MILLION)],
    ['a million arrays in the field', () => `{"${field}":${nested(MILLION)}}`],
    ['a million arrays that do not end', () => '['.repeat(MILLION)],
    ['a million objects that do not end', () => '{"a":'.repeat(MILLION)],
    ['a million objects in each other', () => `${'{"a":'.repeat(MILLION)}1${'}'.repeat(MILLION)}`],
  ])('%s: refused, in bounded memory', { timeout: 10_000 }, async (what, make) => {
    const answer = await send(what, make());
    if (answer.status !== 200) {
      expectRefused(answer, 'invalid_request', 'image_too_large', 'unsupported_media_type');
    } else expect(path).toBe('/predict/batch');
  });
});

describe('ambiguous JSON', () => {
  test('an array of items that are not images is a batch of problems', async () => {
    const items = [null, 1, {}, [], '', '!', 'data:', { __proto__: null }];
    const answer = await service.post(
      '/predict/batch',
      raw(JSON.stringify({ images: items }), 'application/json'),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      results: items.map((_, index) => ({ index, problem: { status: 400 } })),
    });
  });

  test.each(['1e2', '5.0', '-0', '1e-400', '9007199254740993', '"5"', 'null', '[5]', 'true'])(
    'top_k %s for a URL is answered below 500',
    async (topK) => {
      // 1e2 and 5.0 are whole numbers in JSON, so only the URL is refused.
      const body = `{"url":"http://127.0.0.1/","top_k":${topK}}`;
      const answer = await service.post('/predict/url', raw(body, 'application/json'));
      expectRefused(answer, 'invalid_request', 'url_not_allowed');
    },
  );
});
