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
  expect(Object.is(Math.fround(value), Math.fround(JSON.parse(text)))).toBe(true);
  expect(end).toBe(text.length);
});

test('any double is read as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      for (const text of [JSON.stringify(number), number.toExponential(), number.toFixed(8)]) {
        expect(Math.fround(read(text).value)).toBe(Math.fround(JSON.parse(text)));
      }
    }),
  );
});

test('numbers near the middle between two of float32 are rounded to the right one', () => {
  const float32 = fc.float({ noNaN: true, min: Math.fround(1e-20), max: Math.fround(1e20) });
  fc.assert(
    fc.property(float32, fc.integer({ min: -3, max: 3 }), (number, steps) => {
      const bits = new Uint32Array(Float32Array.of(number).buffer);
      const next = new Float32Array(Uint32Array.of((bits[0] as number) + 1).buffer)[0] as number;
      const middle = (number + next) / 2;
      const near = middle * (1 + steps * 2 ** -52);
      for (const text of [near.toPrecision(17), near.toPrecision(21), near.toFixed(20)]) {
        expect(Math.fround(read(text).value), text).toBe(Math.fround(JSON.parse(text)));
      }
    }),
    { numRuns: 2000 },
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
