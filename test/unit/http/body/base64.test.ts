import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64Length, decodeBase64 } from '../../../../lambda/http/body/base64.ts';
import { complete } from '../../../support/steps.ts';

const decode = (text: string, field: string) => complete(decodeBase64(Buffer.from(text), field));

describe('decodeBase64', () => {
  test('decodes any bytes, in every spelling of base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const plain = Buffer.from(bytes).toString('base64');
        const spellings = [
          plain,
          plain.replace(/=+$/, ''),
          Buffer.from(bytes).toString('base64url'),
          plain.replace(/(.{76})/g, '$1\r\n'),
          `data:image/png;base64,${plain}`,
          `data:image/svg+xml;charset=utf-8;base64,${plain}`,
        ];
        for (const text of spellings) expect(Buffer.from(decode(text, 'f'))).toEqual(Buffer.from(bytes));
        expect(spellings[3]?.length).toBeLessThanOrEqual(base64Length(bytes.byteLength));
      }),
    );
  });

  test('decodes a text of several steps, with white space and without in each', () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
    const plain = bytes.toString('base64');
    const lines = plain.replace(/(.{76})/g, '$1\n');
    const mixed = plain.slice(0, 200_000) + lines.slice(200_000 + Math.floor(200_000 / 76));
    for (const text of [plain, lines, mixed, ` ${plain}`, `data:;base64,\t${lines}`]) {
      expect(decode(text, 'f').length).toBe(bytes.length);
      expect(Buffer.compare(decode(text, 'f'), bytes)).toBe(0);
    }
  });

  test.each([
    '',
    '=',
    'A',
    'AB*D',
    'not base64!',
    'https://example.com/cat.jpg',
    'data:image/png,raw',
    'ABCDE',
  ])('%j is refused, and the field is named', (text) => {
    expect(() => decode(text, 'body.image')).toThrowError(
      expect.objectContaining({
        code: 'invalid_request',
        fields: [expect.objectContaining({ field: 'body.image' })],
      }),
    );
  });
});
