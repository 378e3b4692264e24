import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedNames } from '../../../../../lambda/http/body/json/repeated-names.ts';

test('finds the names that an object has more than once, with any values', () => {
  const name = fc.oneof(fc.constantFrom('a', 'top_k', '__proto__', '"', '\\', ':{'), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.jsonValue({ maxDepth: 3 })), { maxLength: 6 }), (fields) => {
      const text = fields.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`);
      const counts = Map.groupBy(fields, ([key]) => key);
      const expected = [...counts]
        .map(([key, same]) => [key, same.length])
        .filter(([, count]) => count !== 1);
      expect([...repeatedNames(`{${text.join(', ')}}`)]).toEqual(expected);
    }),
  );
});

test.each([
  ['an escaped name', '{"a":1,"\\u0061":2}', [['a', 2]]],
  ['names inside values', '{"a":{"b":1,"b":2},"c":[{"a":1}],"d":"\\"a\\":1"}', []],
])('%s', (_what, json, expected) => {
  expect([...repeatedNames(json)]).toEqual(expected);
});
