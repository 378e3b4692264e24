import { expect, it } from 'vitest';
import { commandsIn } from '../../../../../scripts/lib/docs-examples/shell/commands.ts';

it.each([
  ['a b | c && d; e & f', [['a', 'b'], ['c'], ['d'], ['e'], ['f']]],
  ['a \'b c\' "d $e" \\f   # comment', [['a', 'b c', 'd $e', 'f']]],
  ['a \\\n  --b c#d', [['a', '--b', 'c#d']]],
  ['a > b 2>/dev/null < c', [['a']]],
  ['x=$(a "b)" | c) d', [['a', 'b)'], ['c'], ['x=$(a "b)" | c)', 'd']]],
  [
    'a "$(b "$1")" c',
    [
      ['b', '$1'],
      ['a', '$(b "$1")', 'c'],
    ],
  ],
  ['a <<END b\nnot ; a command\nEND\nc', [['a', 'b'], ['c']]],
  ["a <<'END'\nx\nEND\n", [['a']]],
  ['f() { a "$1"; }\nif a; then b; fi', [['f'], ['a', '$1'], ['}'], ['a'], ['b'], ['fi']]],
  ['(a; b) | c', [['a'], ['b'], ['c']]],
])('%j has its commands', (script, expected) => {
  expect(commandsIn(script)).toEqual(expected);
});
