import { expect, test } from 'vitest';
import { definitions, textColumns, wrap } from '../../../../scripts/lib/command/wrap.ts';

test('joins the lines of a paragraph and breaks them again, but leaves indented lines alone', () => {
  const text = 'Makes a bundle of\na model.\n\nPresets:\n  one two three four\n  five';
  expect(wrap(text, 12)).toBe('Makes a\nbundle of a\nmodel.\n\nPresets:\n  one two\n    three four\n  five');
  expect(wrap(text, 100)).toBe('Makes a bundle of a model.\n\nPresets:\n  one two three four\n  five');
});

test('puts meanings side by side, or below where they have no room', () => {
  const rows = [
    ['--rps N', 'requests a second that a client sends to the service'],
    [`--preset ${'x'.repeat(40)}`, 'how'],
  ] as const;
  expect(definitions(rows, 48)).toBe(
    `  --rps N  requests a second that a client sends\n           to the service\n  --preset ${'x'.repeat(40)}\n           how`,
  );
  expect(definitions(rows, 40)).toMatch(/^ {2}--rps N\n {6}requests a second that a client\n {6}sends/);
});

test('a terminal of no known or of a strange width has lines that people can read', () => {
  const ofColumns = [undefined, 0, 10, 80, 500].map((columns) =>
    textColumns(columns === undefined ? {} : { columns }),
  );
  expect(ofColumns).toEqual([110, 110, 40, 80, 110]);
});
