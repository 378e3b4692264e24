import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

const DOCUMENTS = globSync(['*.md', '{docs,examples,models,.github}/**/*.md'], { cwd: REPOSITORY }).sort();

/** Without blocks of code, and without code in a line. */
const proseOf = (text: string) => text.replace(/^ *```[\s\S]*?^ *```$/gm, '').replace(/`[^`\n]+`/g, '');

const read = (document: string) => readFileSync(join(REPOSITORY, document), 'utf8');

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(document: string): string[] {
  const text = read(document).replace(/^ *```[\s\S]*?^ *```$/gm, '');
  const seen = new Map<string, number>();
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const words = heading.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** Links to files of the repository. What begins with `../../` leaves it: pages of the repository on GitHub. */
const linksOf = (document: string) =>
  [...proseOf(read(document)).matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => !normalize(join(dirname(document), link)).startsWith('..'));

function holds(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(REPOSITORY, target))) return false;
  if (anchor === undefined) return true;
  return statSync(join(REPOSITORY, target)).isFile() && anchorsOf(target).includes(anchor);
}

test.each(DOCUMENTS)('the links of %s lead to files and headings that exist', (document) => {
  expect(linksOf(document).filter((link) => !holds(document, link))).toEqual([]);
});
