import { matchesGlob } from 'node:path';
import { readRepositoryText, repositoryFiles } from '../../../site/lib/files.ts';
import { UsageError } from '../command/usage-error.ts';
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

/**
 * @param only the path of a page. @default all
 * @throws UsageError if it is not a page.
 */
export function readPages(only?: string): readonly Page[] {
  const all = repositoryFiles().filter((file) => PAGES.some((glob) => matchesGlob(file, glob)));
  const chosen = only === undefined ? all : all.filter((path) => path === only);
  if (chosen.length === 0)
    throw new UsageError(`PAGE: expected the path of a page, such as README.md, got ${only}`);
  return chosen.map((path) => readPage(path, readRepositoryText(path)));
}
