import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64Length, decodeBase64 } from '../../../../lambda/http/body/base64.ts';

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
        for (const text of spellings)
          expect(Buffer.from(decodeBase64(Buffer.from(text), 'f'))).toEqual(Buffer.from(bytes));
        expect(spellings[3]?.length).toBeLessThanOrEqual(base64Length(bytes.byteLength));
      }),
    );
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
    expect(() => decodeBase64(Buffer.from(text), 'body.image')).toThrowError(
      expect.objectContaining({
        code: 'invalid_request',
        fields: [expect.objectContaining({ field: 'body.image' })],
      }),
    );
  });
});
