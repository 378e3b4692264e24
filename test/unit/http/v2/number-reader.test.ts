import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberReader } from '../../../../lambda/http/v2/json/number-reader.ts';

function read(text: string): { readonly value: number; readonly end: number } {
  const reader = new NumberReader(Buffer.from(`[${text},`));
  const value = reader.read(1);
  return { value, end: reader.at - 1 };
}

test.each([
  '0',
  '-0',
  '7',
  '-12.5',
  '0.1',
  '1e3',
  '1E+3',
  '2.5e-3',
  '9007199254740993',
  '0.4850000143051147',
  '1.7976931348623157e308',
  '5e-324',
  '123456789012345678901234567890',
  '1e-400',
  '1e400',
])('%s is read as JSON.parse does', (text) => {
  const { value, end } = read(text);
  expect(Object.is(value, JSON.parse(text))).toBe(true);
  expect(end).toBe(text.length);
});

test('any double is read as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      for (const text of [JSON.stringify(number), number.toExponential(), number.toFixed(8)]) {
        expect(read(text).value).toBe(JSON.parse(text));
      }
    }),
  );
});

test('any float32 that a client writes as a double comes back to the last bit', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(Math.fround(read(String(number)).value)).toBe(number === 0 ? 0 : number);
    }),
  );
});

test.each([
  '',
  '-',
  '+1',
  '01',
  '-01',
  '.5',
  '1.',
  '1.e3',
  '1e',
  '1e+',
  'NaN',
  'Infinity',
  '-Infinity',
  '"1"',
  'true',
])('%j is no number in JSON', (text) => {
  expect(read(text).value).toBeNaN();
});

test('a number that is longer than any program writes is none', () => {
  expect(read(`0.${'1'.repeat(100)}`).value).toBeCloseTo(1 / 9);
  expect(read('1'.repeat(10_000)).value).toBeNaN();
});
