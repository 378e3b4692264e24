import { describe, expect, test } from 'vitest';
import type { ServiceError } from '../../../../lambda/errors.ts';
import { floatsAt } from '../../../../lambda/http/v2/binary/floats.ts';
import { readFloats } from '../../../../lambda/http/v2/json/floats.ts';
import { complete } from '../../../support/steps.ts';

const SHAPE = [2, 1, 3];

function read(text: string, shape: readonly number[] = SHAPE): number[] {
  const target = new Float32Array(shape.reduce((product, size) => product * size));
  complete(readFloats(Buffer.from(text), shape, 'data', target));
  return [...target];
}

function messageOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    return (error as ServiceError).detail;
  }
  throw new Error(`Expected an error for ${text}`);
}

describe('numbers in JSON', () => {
  test.each([
    ['flat', '[1,2.5,-3,4e0,5,0.1]'],
    ['nested', '[[[1,2.5,-3]],[[4e0,5,0.1]]]'],
    ['with white space', ' [ [ [1 ,\n2.5,\t-3 ] ] ,\r\n[[4e0,5,0.1]]]'.trim()],
  ])('%s', (_how, text) => {
    expect(read(text)).toEqual([1, 2.5, -3, 4, 5, Math.fround(0.1)]);
  });

  test.each([
    ['[1,2,3,4,5]', 'data: expected 6 numbers in each array of this depth, got 5 (position 5).'],
    ['[1,2,3,4,5,6,7]', 'data: expected 6 numbers, got more (position 6).'],
    ['[]', 'data: expected 6 numbers in each array of this depth, got 0 (position 0).'],
    ['[[[1,2,3],[4,5,6]]]', 'data: expected 3 numbers in each array of this depth, got 6 (position 6).'],
    ['[[[1,2]],[[3,4,5,6]]]', 'data: expected 3 numbers in each array of this depth, got 2 (position 2).'],
    ['[[[1,2,3]],[[4,5,6]],[]]', 'got 0 (position 6).'],
    [
      '[[1,2,3],[4,5,6]]',
      'data: expected numbers in one flat array, or in arrays nested 3 deep as the shape says, got 1 (position 0).',
    ],
    ['[[[[1]]]]', 'got an array (position 0).'],
    ['[1,[2],3,4,5,6]', 'got an array (position 1).'],
    ['[1,NaN,3,4,5,6]', 'got NaN (position 1).'],
    ['[1,-Infinity,3,4,5,6]', 'got -Infinity (position 1).'],
    ['[1,1e39,3,4,5,6]', 'data: expected a number that FP32 can hold, got 1e39 (position 1).'],
    ['[1,null,3,4,5,6]', 'got null (position 1).'],
    ['[1,"2",3,4,5,6]', 'got "2" (position 1).'],
    ['[1,,2,3,4,5,6]', 'data: expected a number before each comma, got a comma (position 1).'],
    ['[,1,2,3,4,5,6]', 'got a comma (position 0).'],
    ['[1,2,3,4,5,6,]', 'data: expected a number after each comma, got the end of the array (position 6).'],
    ['[1 2,3,4,5,6]', 'got 2 (position 1).'],
    ['[[[1,2,3]][[4,5,6]]]', 'got an array (position 3).'],
    ['[01,2,3,4,5,6]', 'got 01 (position 0).'],
  ])('%s is refused', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  test('are read in steps', () => {
    const steps = readFloats(
      Buffer.from(`[${'0.25,'.repeat(99_999)}0.25]`),
      [100_000],
      'data',
      new Float32Array(100_000),
    );
    let count = 0;
    while (!steps.next().done) count += 1;
    expect(count).toBeGreaterThan(10);
  });
});

describe('binary numbers', () => {
  const values = [1.5, -2, 3e-8, 4e20];
  const bytes = new Uint8Array(Float32Array.from(values).buffer);

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('that begin at byte %i are read to the last bit', (start) => {
    const body = new Uint8Array(start + bytes.length + 2);
    body.set(bytes, start);
    expect([...floatsAt(body, start, values.length)]).toEqual(values.map(Math.fround));
  });

  test('take no memory of their own', () => {
    const body = new Uint8Array(3 + bytes.length);
    body.set(bytes, 3);
    expect(floatsAt(body, 3, values.length).buffer).toBe(body.buffer);
  });
});
