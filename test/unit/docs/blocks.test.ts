import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../scripts/lib/docs-examples/blocks.ts';
import { readShown } from '../../../scripts/lib/docs-examples/expected/json.ts';
import { readPages } from '../../../scripts/lib/docs-examples/pages.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

const pages = (await readPages()).filter(({ blocks, problems }) => blocks.length + problems.length > 0);

/** The commands of a block, without comments and indentation. */
const commandsOf = ({ code }: Block) =>
  code
    .split(/\n|&&/)
    .map((line) => line.replace(/(^|\s)#\s.*$/, '').trim())
    .filter((line) => line !== '');

/** A block that names a test, but is not in it. */
function isUntested(path: string, { fate, code }: Block): boolean {
  if (fate.kind !== 'tested by') return false;
  if (!existsSync(REPOSITORY + fate.file)) return true;
  const text = readFileSync(REPOSITORY + fate.file, 'utf8');
  // The test reads the page, or the block is a copy of a file that is tested.
  return !text.includes(path) && text.trim() !== code.trim();
}

describe.each(pages)('$path', ({ path, blocks, problems }) => {
  const at = ({ line }: Block, text = '') => `${path}:${line}${text && `: ${text}`}`;

  it('says of each block in which language it is, and why CI does not run it', () => {
    expect(problems.map(({ line, text }) => `${path}:${line}: ${text}`)).toEqual([]);
  });

  it('names tests that read the page', () => {
    expect(blocks.filter((block) => isUntested(path, block)).map((block) => at(block))).toEqual([]);
  });

  it('names files of CI that have the commands of a block, or read the page', () => {
    const wrong = blocks.flatMap((block) => {
      if (block.fate.kind !== 'run by') return [];
      const file = REPOSITORY + block.fate.file;
      const text = existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
      // It takes the commands out of the page.
      if (text.includes(path)) return [];
      return commandsOf(block)
        .filter((command) => !text.includes(command))
        .map((command) => at(block, command));
    });
    expect(wrong).toEqual([]);
  });

  it('runs the programs that a reader saves', () => {
    const run = blocks.filter(({ fate }) => fate.kind === 'run').map(({ code }) => code);
    const wrong = blocks.filter(
      ({ fate }) => fate.kind === 'saved' && !run.some((code) => code.includes(fate.file)),
    );
    expect(wrong.map((block) => at(block))).toEqual([]);
  });

  it('has commands that bash can read, with placeholders in capitals', () => {
    const wrong = blocks.flatMap((block) => {
      if (block.language !== 'sh') return [];
      const { stderr } = spawnSync('bash', ['-n'], { input: block.code, encoding: 'utf8' });
      // bash would read the file and write the next word.
      const placeholder = /<[a-z][\w -]*>/i.exec(block.code)?.[0];
      return [
        ...(stderr === '' ? [] : [at(block, stderr.trim())]),
        ...(placeholder ? [at(block, `expected a placeholder in capitals, got ${placeholder}`)] : []),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('has JSON that can be read', () => {
    const wrong = blocks.flatMap((block) => {
      try {
        if (block.language === 'json') readShown(block.code);
        return [];
      } catch (error) {
        return [at(block, (error as Error).message)];
      }
    });
    expect(wrong).toEqual([]);
  });
});
