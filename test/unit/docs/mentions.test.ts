import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

const FOLDERS = '{bench,bin,docs,examples,lambda,lib,licences,models,scripts,test,.ci,.github}';
const NAMES_A_FILE = /\.(ts|js|mjs|json|sh|py|html|css|md|svg|ya?ml)$/;
/** Without docs/adr/, which may name what has gone since. */
const DOCUMENTS = globSync(
  ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', '.github/*.md', 'docs/*.md', 'docs/runbooks/*.md'],
  { cwd: REPOSITORY },
).sort();

const files = globSync([`${FOLDERS}/**`, '*'], { cwd: REPOSITORY });
const topLevel = new Set(files.map((file) => file.split('/')[0]));
const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What stands in backticks and looks like a path of the repository. A name in capitals is a placeholder. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, path = '']) => path);
  return quoted.filter((path) => {
    if (!/^[\w.@-]+(\/[\w.@-]+)*\/?$/.test(path) || /(^|\/)[A-Z]+(\.\w+)?(\/|$)/.test(path)) return false;
    return path.includes('/') ? topLevel.has(path.split('/')[0] ?? '') : NAMES_A_FILE.test(path);
  });
}

/** A sentence may leave out the folder that it has just named. */
const exists = (path: string, document: string) =>
  existsSync(join(REPOSITORY, path)) ||
  existsSync(join(REPOSITORY, dirname(document), path)) ||
  files.some((file) => file.endsWith(`/${path}`));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(REPOSITORY, document), 'utf8');

  it('names files and folders that exist', () => {
    expect(pathsIn(text).filter((path) => !exists(path, document))).toEqual([]);
  });

  it('names commands that package.json has', () => {
    const commands = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  });
});
