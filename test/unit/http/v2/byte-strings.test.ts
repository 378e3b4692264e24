import { describe, expect, test } from 'vitest';
import { readByteStrings } from '../../../../lambda/http/v2/binary/byte-strings.ts';
import { readBase64Strings } from '../../../../lambda/http/v2/json/strings.ts';
import { complete } from '../../../support/steps.ts';

/** Elements as the binary tensor extension writes them. */
const elements = (...texts: readonly string[]) =>
  Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      return [length, Buffer.from(text)];
    }),
  );

describe('binary elements', () => {
  test('are parts of the body', () => {
    const body = elements('cat', '', 'dog');
    const read = readByteStrings(body, 3, 'data');
    expect(read.map((one) => Buffer.from(one).toString())).toEqual(['cat', '', 'dog']);
    expect(read.every((one) => one.buffer === body.buffer)).toBe(true);
  });

  test.each([
    ['too few', elements('cat'), 2, 'data: expected 4 bytes with the length of element 1, got 0 bytes.'],
    ['too many', elements('cat', 'dog'), 1, 'data: expected nothing after 1 elements, got 7 bytes more.'],
    ['cut off', elements('cat').subarray(0, 5), 1, 'data: expected 3 bytes of element 0, got 1 bytes.'],
    [
      'a cut length',
      elements('cat').subarray(0, 3),
      1,
      'expected 4 bytes with the length of element 0, got 3 bytes.',
    ],
    [
      'a lie',
      Buffer.from([255, 255, 255, 255, 1]),
      1,
      'expected 4294967295 bytes of element 0, got 1 bytes.',
    ],
  ] as const)('%s are refused', (_what, bytes, count, message) => {
    expect(() => readByteStrings(bytes, count, 'data')).toThrow(message);
  });
});

describe('base64 strings', () => {
  const read = (text: string, count: number) =>
    complete(readBase64Strings(Buffer.from(text), count, 'data')).map((one) => Buffer.from(one).toString());

  test('are decoded', () => {
    expect(read('["Y2F0", "ZG9n"]', 2)).toEqual(['cat', 'dog']);
    expect(read('[ "data:image/png;base64,Y2F0" ]', 1)).toEqual(['cat']);
    expect(read('["Y2\\u0046\\u0030"]', 1)).toEqual(['cat']);
  });

  test.each([
    ['[]', 1, 'data: expected an array of base64 strings, 1 as the shape says, got 0.'],
    ['["Y2F0"]', 2, 'got 1.'],
    ['["Y2F0","Y2F0"]', 1, 'got more.'],
    ['[1]', 1, 'got something else at position 0.'],
    ['["Y2F0" "Y2F0"]', 2, 'got something else at position 1.'],
    ['["Y2F0",]', 2, 'got something else at position 1.'],
    ['[["Y2F0"]]', 1, 'got something else at position 0.'],
    ['["Y2F0","!"]', 2, 'data.1: expected base64'],
    ['["Y2F0",""]', 2, 'data.1: expected base64'],
  ])('%s with a shape of %i is refused', (text, count, message) => {
    expect(() => read(text, count)).toThrow(message);
  });
});
