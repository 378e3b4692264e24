import { describe, expect, it } from 'vitest';
import { readPage } from '../../../../scripts/lib/docs-examples/blocks.ts';

const page = (...lines: string[]) => readPage('docs/page.md', lines.join('\n'));
const fates = (...lines: string[]) => page(...lines).blocks.map(({ line, fate }) => [line, fate]);
const problems = (...lines: string[]) => page(...lines).problems.map(({ line, text }) => `${line}: ${text}`);

const RUN = { kind: 'run', stage: undefined };

describe('the blocks of a page', () => {
  it('are found in lists and quotations, without their indentation', () => {
    const { blocks } = page(
      '1. First:',
      '   ```sh',
      '   if true; then',
      '     ls',
      '   fi',
      '   ```',
      '> ```sh',
      '> pwd',
      '> ```',
    );
    expect(blocks.map(({ code }) => code)).toEqual(['if true; then\n  ls\nfi\n', 'pwd\n']);
  });

  it('end at a fence that is at least as long', () => {
    const { blocks } = page('````text', '```sh', 'ls', '```', '````', '```sh', 'pwd', '```');
    expect(blocks.map(({ language, code }) => [language, code])).toEqual([
      ['text', '```sh\nls\n```\n'],
      ['sh', 'pwd\n'],
    ]);
  });

  it('are not those in a comment of several lines', () => {
    expect(page('<!--', '```sh', 'ls', '```', '-->').blocks).toEqual([]);
    expect(problems('Write', '<!-- not run: REASON', '```sh', 'ls', '```')).toEqual([
      '1: line 2: expected --> after <!--, which hides the rest of the page',
    ]);
  });

  it('run unless a comment on the line before says why not', () => {
    expect(
      fates(
        '```sh',
        'ls',
        '```',
        '<!-- not run: needs an AWS account -->',
        '```sh',
        'aws sts get-caller-identity',
        '```',
        '<!-- run with: docker -->',
        '```sh',
        'docker version',
        '```',
        '<!-- tested by: test/e2e/jobs-docs.test.ts -->',
        '```go',
        'package main',
        '```',
        '<!-- saved as: job.py -->',
        '```python',
        'print(1)',
        '```',
      ),
    ).toEqual([
      [1, RUN],
      [5, { kind: 'not run', reason: 'needs an AWS account' }],
      [9, { kind: 'run', stage: 'docker' }],
      [13, { kind: 'tested by', file: 'test/e2e/jobs-docs.test.ts' }],
      [17, { kind: 'saved', file: 'job.py' }],
    ]);
  });

  it('of a section are not run until the next heading of the same level or a higher one', () => {
    const block = ['```sh', 'ls', '```'];
    const marker = '<!-- not run in this section: needs GitHub -->';
    expect(
      fates('## One', marker, ...block, '### Part', ...block, '## Two', ...block).map(([, fate]) => fate),
    ).toEqual([
      { kind: 'not run', reason: 'needs GitHub' },
      { kind: 'not run', reason: 'needs GitHub' },
      RUN,
    ]);
  });

  it('of JSON and text after a block that runs are its output', () => {
    const json = ['```json', '{}', '```'];
    const run = ['```sh', 'ls', '```'];
    const kinds = (...lines: string[]) => page(...lines).blocks.map(({ fate }) => fate.kind);
    expect(fates(...run, 'It answers:', ...json)[1]).toEqual([5, { kind: 'output', of: 1 }]);
    expect(kinds(...run, '## Settings', ...json)).toEqual(['run', 'data']);
    expect(kinds(...run, ...json, ...json)).toEqual(['run', 'output', 'data']);
    expect(kinds('<!-- not run: a reason -->', ...run, ...json)).toEqual(['not run', 'data']);
    expect(kinds(...run, '<!-- not compared: a setting -->', ...json)).toEqual(['run', 'data']);
  });
});

describe('the problems of a page', () => {
  it('are languages that are missing or unknown', () => {
    expect(problems('```', 'x', '```')).toEqual([
      expect.stringMatching(/^1: expected a language .*got none$/),
    ]);
    expect(problems('```bash', 'ls', '```')).toEqual(['1: expected a language (sh), got bash']);
  });

  it('are programs that CI cannot run and nothing tests', () => {
    expect(problems('```java', 'class A {}', '```')).toEqual([expect.stringContaining('before java')]);
  });

  it('are markers that are misspelt, or mark nothing', () => {
    expect(problems('<!-- not run -->', '```sh', 'ls', '```')[0]).toMatch(/^1: expected a comment such as/);
    expect(problems('<!-- run with: podman -->', '```sh', 'ls', '```')[0]).toMatch(/^1: expected a comment/);
    expect(problems('<!-- not run: x -->', '', '```sh', 'ls', '```')).toEqual([
      '1: expected a block of code on the next line, because of "not run"',
    ]);
    expect(problems('<!-- not run: x -->')).toHaveLength(1);
    expect(problems('<!-- run with: docker -->', '```yaml', 'a: 1', '```')).toHaveLength(1);
    expect(problems('## A', '<!-- not run in this section: x -->', '## B', '```sh', 'ls', '```')).toEqual([
      '2: expected a program in this section that is not run, got none',
    ]);
  });

  it('are fences that are not closed', () => {
    expect(problems('text', '```sh', 'ls')).toEqual([expect.stringContaining('line 2: expected a fence')]);
  });

  it('are not other comments', () => {
    expect(problems('<!-- tabs -->', '<!-- begin: settings -->', '<!-- /tabs -->')).toEqual([]);
  });
});
