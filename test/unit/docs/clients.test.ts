import { expect, test } from 'vitest';
import { codeBlocks, readText } from '../../support/markdown.ts';

/** Where the parts of programs in docs/clients.md come from, by the language of their block. */
const PROGRAMS = {
  sh: 'examples/clients/curl/classify.sh',
  python: 'examples/clients/python/classify.py',
  js: 'examples/clients/javascript/classify.mjs',
  ts: 'examples/clients/typescript/classify.ts',
  go: 'examples/clients/go/classify.go',
  java: 'examples/clients/java/src/main/java/Classify.java',
  rust: 'examples/clients/rust/src/main.rs',
} as const;

const parts = codeBlocks(readText('docs/clients.md'), '### What matters in each');

/** Methods are indented in their programs. */
const withoutIndentation = (text: string) => text.replace(/^[ \t]+/gm, '');

test('docs/clients.md has a part of each program', () => {
  expect(parts.map(({ language }) => language)).toEqual(Object.keys(PROGRAMS));
});

test.each(parts)('its part in $language is in the program', ({ language, code }) => {
  const program = readText(PROGRAMS[language as keyof typeof PROGRAMS]);
  expect(withoutIndentation(program)).toContain(withoutIndentation(code));
  // What to retry, and for how long, is what a reader looks for.
  expect(code).toMatch(/attempt/i);
  expect(code).toMatch(/again/i);
});
