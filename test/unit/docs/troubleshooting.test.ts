import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { ERROR_KINDS } from '../../../lambda/errors.ts';
import { escapePattern } from '../../../scripts/lib/escape-pattern.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { anchorOf } from '../../../site/lib/anchors.ts';

const guide = readFileSync(join(REPOSITORY, 'docs/troubleshooting.md'), 'utf8');

/** The entries by their heading. One ends at the next entry or topic. */
const entries = guide
  .split(/^(?=#{1,3} )/m)
  .map((section) => /^### (.+)\n([\s\S]*)/.exec(section))
  .filter((entry) => entry !== null)
  .map(([, heading = '', text = '']): [string, string] => [heading, text]);

/** Blocks of code with the language `text` are messages of this repository, one a line. `…` is what varies. */
const messages = [...guide.matchAll(/^```text\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.split('\n').filter((line) => line !== ''),
);

/** Beginnings that another message follows on the same line. */
const PREFIXES = ['Cannot start. ', 'DATA_DIR: expected '];

/** Without comments, and with texts that are written in several pieces as one. */
const sources = globSync(['{lambda,lib,scripts}/**/*.{ts,mjs,sh,py}', '.github/workflows/*.yml'], {
  cwd: REPOSITORY,
})
  .map((file) => readFileSync(join(REPOSITORY, file), 'utf8'))
  .join('\n')
  .replace(/^\s*(\/\*|\*|\/\/).*$/gm, '')
  .replace(/['`]\s*\+\s*['`]/g, '');

/** Whether one line of the sources has the words of the message in their order. */
function isInSources(message: string): boolean {
  const prefix = PREFIXES.find((start) => message.startsWith(start)) ?? '';
  const words = message
    .slice(prefix.length)
    .split('…')
    .map((part) => escapePattern(part.trim()))
    .filter((part) => part !== '');
  return new RegExp(words.join('[^\\n]*?')).test(sources);
}

test('the guide to troubleshooting has an entry for every code of an error', () => {
  const headings = entries.map(([heading]) => heading);
  expect(Object.keys(ERROR_KINDS).filter((code) => !headings.includes(code))).toEqual([]);
  expect(headings.length).toBeGreaterThanOrEqual(40);
  expect(new Set(headings).size).toBe(headings.length);
});

describe.each(entries)('the entry %s', (_, text) => {
  it('says what the cause is, then how to fix it', () => {
    expect(text).toMatch(/^\*\*Cause\.\*\* [\s\S]+^\*\*Fix\.\*\* /m);
  });
});

test('the guide to troubleshooting quotes messages as the code has them', () => {
  expect(messages.length).toBeGreaterThanOrEqual(40);
  // Words that vary are not enough to find a message.
  expect(messages.filter((message) => message.replaceAll('…', '').trim().length < 12)).toEqual([]);
  expect(messages.filter((message) => !isInSources(message))).toEqual([]);
  expect(PREFIXES.filter((prefix) => !sources.includes(prefix))).toEqual([]);
});

test('messages name headings that the guide to troubleshooting has', () => {
  const anchors = [...guide.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
  const named = [...sources.matchAll(/docs\/troubleshooting\.md#([\w-]+)/g)].map(([, anchor = '']) => anchor);
  expect(new Set(named).size).toBeGreaterThanOrEqual(15);
  expect(named.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});
