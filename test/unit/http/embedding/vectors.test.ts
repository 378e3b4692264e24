import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatBytes } from '../../../../lambda/http/embedding/float-bytes.ts';
import { unitLength } from '../../../../lambda/http/embedding/unit-length.ts';

test('numbers are in little-endian order, row after row', () => {
  const bytes = floatBytes([Float32Array.of(1, -2), Float32Array.of(0.1)]);
  expect(Buffer.from(bytes).toString('hex')).toBe('0000803f000000c0cdcccc3d');
});

const LARGE = 2 ** 100;
const vectors = fc.float32Array({ noNaN: true, minLength: 1, maxLength: 64, min: -LARGE, max: LARGE });

test('a vector of unit length has the length 1 and the same direction', () => {
  fc.assert(
    fc.property(vectors, (vector) => {
      const unit = unitLength(vector);
      fc.pre(vector.some((value) => value !== 0));
      expect(Math.hypot(...unit)).toBeCloseTo(1, 5);
      const along = unit.reduce((sum, value, at) => sum + value * (vector[at] as number), 0);
      expect(along / Math.hypot(...vector)).toBeCloseTo(1, 5);
    }),
  );
});

test('a vector of zeros stays as it is', () => {
  expect([...unitLength(new Float32Array(3))]).toEqual([0, 0, 0]);
});
