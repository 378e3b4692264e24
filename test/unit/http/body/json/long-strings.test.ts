import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonObject } from '../../../../../lambda/http/body/json/long-strings.ts';
import { complete } from '../../../../support/steps.ts';

const LONG = 5000;
const long = (character = 'A') => character.repeat(LONG);
const parse = (text: string) => parseJsonObject(Buffer.from(text));

/** The fields as `JSON.parse` would return them, with every string resolved. */
function resolved(text: string): unknown {
  const { fields, bytesOf } = parse(text);
  const resolve = (value: unknown): unknown => {
    const bytes = complete(bytesOf(value));
    if (bytes) return Buffer.from(bytes).toString();
    return Array.isArray(value) ? value.map(resolve) : value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, resolve(value)]));
}

describe('parseJsonObject', () => {
  test('returns what JSON.parse returns, for short and for long strings of base64', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.base64String({ minLength: LONG, maxLength: LONG + 400 }),
    );
    const value = fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text, { maxLength: 4 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 20 }), value, { noNullPrototype: true }), (fields) => {
        expect(resolved(JSON.stringify(fields))).toEqual(fields);
        expect(resolved(JSON.stringify(fields, null, 2))).toEqual(fields);
      }),
      { numRuns: 100 },
    );
  });

  test('resolves the escapes that JSON writers put into base64', () => {
    const image = `${long()}+/AB\nCD\r\n`;
    const escaped = JSON.stringify(image).replaceAll('/', '\\/').replaceAll('+', '\\u002B');
    expect(resolved(`{"image":${escaped}}`)).toEqual({ image });
  });

  test('replaces other escapes in a long string by characters that are not base64', () => {
    const { fields, bytesOf } = parse(`{"image":"${long()}\\u0141\\ud83d\\q"}`);
    expect([...(complete(bytesOf(fields['image'])) ?? [])].slice(LONG)).toEqual([0, 0, 0]);
  });

  test('does not confuse a long name with a long string', () => {
    expect(Object.keys(parse(`{"${long()}" :1}`).fields)).toEqual([long()]);
  });

  test.each([
    ['a million names', () => `{${Array.from({ length: 1e6 }, (_, index) => `"${index}":0`).join()}}`],
    ['a million objects', () => `{"images":[${'{},'.repeat(1e6)}{}]}`],
    ['20 million brackets', () => '['.repeat(2e7)],
    [
      'a million strings that are just too short to count as long',
      () => `{"images":[${`"${'A'.repeat(500)}",`.repeat(1000)}""]}`,
    ],
  ])('%s are refused before they are built', (_what, make) => {
    expect(() => parse(make())).toThrowError(
      expect.objectContaining({
        code: 'invalid_request',
        detail: expect.stringContaining('16384 bytes in addition to its images'),
      }),
    );
  });

  test.each([
    ['quotes without end', () => `{"image":"${'\\"'.repeat(1e6)}"}`],
    ['a string that does not end', () => `{"image":"${long()}`],
    ['a string that ends in an escape', () => `{"image":"${long()}\\`],
    ['an array', () => `["${long()}"]`],
    ['a long string alone', () => `"${long()}"`],
    ['two values', () => `{"image":"${long()}"}{}`],
    ['nothing', () => ''],
  ])('%s: refused', (_what, make) => {
    expect(() => parse(make())).toThrowError(expect.objectContaining({ code: 'invalid_request' }));
  });
});
