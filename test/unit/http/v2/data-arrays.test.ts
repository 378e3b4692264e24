import { describe, expect, test } from 'vitest';
import { cutDataArrays } from '../../../../lambda/http/v2/json/data-arrays.ts';
import { complete } from '../../../support/steps.ts';

const cut = (text: string) => complete(cutDataArrays(Buffer.from(text)));
type Fields = { readonly inputs: readonly { readonly data: unknown; readonly name: string }[] };

describe('arrays of data', () => {
  test.each([
    ['[1,2,[3]]', '{"inputs":[{"data":[1,2,[3]],"name":"x"}]}'],
    ['["]","\\"]", "a"]', '{"inputs":[{"data":["]","\\"]", "a"],"name":"x"}]}'],
    ['[ ]', '{"inputs" : [ { "data" \n:\t[ ] , "name":"x"}]}'],
  ])('%s stays text', (array, text) => {
    const { fields, arrayOf } = cut(text);
    const [input] = (fields as unknown as Fields).inputs;
    expect(arrayOf(input?.data)?.toString()).toBe(array);
    expect(input?.name).toBe('x');
  });

  test('several are told apart', () => {
    const { fields, arrayOf } = cut('{"data":[1],"inputs":[{"data":[2]},{"data":[3]}]}');
    const { inputs } = fields as unknown as Fields;
    const texts = [fields['data'], ...inputs.map(({ data }) => data)].map((value) =>
      arrayOf(value)?.toString(),
    );
    expect(texts).toEqual(['[1]', '[2]', '[3]']);
  });

  test('a string "data" and a name with another value are left as they are', () => {
    const { fields, arrayOf } = cut('{"a":"data","b":["data"],"data":"[1]"}');
    expect(fields).toEqual({ a: 'data', b: ['data'], data: '[1]' });
    expect(Object.values(fields).map(arrayOf)).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ['{"data":[1', 'not valid JSON'],
    ['{"data":[1]', 'not valid JSON'],
    ['{"data":["1]}', 'not valid JSON'],
    ['{"data":[{"a":1}]}', 'got an object'],
    [`{"data":${'['.repeat(9)}1`, 'at most 8 dimensions'],
    ['[1]', 'not a JSON object'],
    [`{"id":"${'x'.repeat(20_000)}"}`, 'at most 16384 bytes'],
    [`{"inputs":${'[1,'.repeat(10_000)}`, 'at most 16384 bytes'],
    [`{${'"data":[],'.repeat(2000)}`, 'at most 16384 bytes'],
  ])('%.40s is refused', (text, message) => {
    expect(() => cut(text)).toThrow(message);
  });

  test('are searched in steps', () => {
    const steps = cutDataArrays(Buffer.from(`{"data":[${'1,'.repeat(500_000)}1]}`));
    let count = 0;
    while (!steps.next().done) count += 1;
    expect(count).toBeGreaterThan(10);
  });
});
