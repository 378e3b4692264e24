import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { anchorOf } from '../../../site/lib/anchors.ts';

const DOCUMENTS = globSync(['*.md', '{docs,examples,models,.github}/**/*.md'], { cwd: REPOSITORY }).sort();

/** Without blocks of code, and without code in a line. */
const proseOf = (text: string) => text.replace(/^ *```[\s\S]*?^ *```$/gm, '').replace(/`[^`\n]+`/g, '');

const read = (document: string) => readFileSync(join(REPOSITORY, document), 'utf8');

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(document: string): string[] {
  const text = read(document).replace(/^ *```[\s\S]*?^ *```$/gm, '');
  const seen = new Map<string, number>();
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const anchor = anchorOf(heading.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1'));
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** Pages of the repository on GitHub, from its folder. Other links that leave the repository lead nowhere. */
const ON_GITHUB = /^\.\.\/\.\.\/actions\//;

/** Links to files of the repository, and to its pages on GitHub. */
const linksOf = (document: string) =>
  [...proseOf(read(document)).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

function holds(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (target.startsWith('..')) return ON_GITHUB.test(target);
  if (!existsSync(join(REPOSITORY, target))) return false;
  if (anchor === undefined) return true;
  return statSync(join(REPOSITORY, target)).isFile() && anchorsOf(target).includes(anchor);
}

test.each(DOCUMENTS)('the links of %s lead to files and headings that exist', (document) => {
  expect(linksOf(document).filter((link) => !holds(document, link))).toEqual([]);
});
