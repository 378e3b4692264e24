import { existsSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { UsageError } from '../command/usage-error.ts';
import { REPOSITORY } from '../paths.ts';
import { run } from '../system/run.ts';
import { type Page, readPage } from './blocks.ts';

/** The pages whose blocks are run. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  '.github/*.md',
  'docs/*.md',
  'docs/*/*.md',
  'examples/README.md',
  'examples/*/README.md',
  'models/*/README.md',
];

/** All files of the working tree that git tracks or would track, from the folder of the repository. */
export async function workingFiles(): Promise<readonly string[]> {
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  return listed
    .split('\0')
    .filter((file) => file !== '' && file !== 'node_modules' && existsSync(REPOSITORY + file));
}

/**
 * @param only the path of a page. @default all
 * @throws UsageError if it is not a page.
 */
export async function readPages(only?: string): Promise<readonly Page[]> {
  const all = (await workingFiles()).filter((file) => PAGES.some((glob) => matchesGlob(file, glob)));
  const chosen = only === undefined ? all : all.filter((path) => path === only);
  if (chosen.length === 0)
    throw new UsageError(`PAGE: expected the path of a page, such as README.md, got ${only}`);
  return chosen.map((path) => readPage(path, readFileSync(REPOSITORY + path, 'utf8')));
}
