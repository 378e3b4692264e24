import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

const guide = readFileSync(join(REPOSITORY, 'docs/architecture.md'), 'utf8');
const [, section = ''] = guide.split('\n## The code of the service\n');
const [, diagram = ''] = /```mermaid\n([\s\S]*?)```/.exec(section) ?? [];

const service = readdirSync(join(REPOSITORY, 'lambda'));
const isFolder = (name: string): boolean =>
  statSync(join(REPOSITORY, 'lambda', name), { throwIfNoEntry: false })?.isDirectory() === true;

/** The arrows between folders, such as `prediction --> images & model`, one by one. */
const drawn = diagram.split('\n').flatMap((line) => {
  const [from = '', targets = ''] = line.split('-->').map((part) => part.trim());
  return from !== '' && isFolder(from) ? targets.split('&').map((to) => `${from} --> ${to.trim()}`) : [];
});

/** What the files of each folder import from other folders. `config/` is left out, as in the diagram. */
function imported(): readonly string[] {
  const arrows = globSync('lambda/*/**/*.ts', { cwd: REPOSITORY }).flatMap((file) => {
    const text = readFileSync(join(REPOSITORY, file), 'utf8');
    const paths = [...text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, path = '']) => path);
    const [, from = ''] = file.split('/');
    return paths.map((path) => {
      const [, to = ''] = normalize(join(dirname(file), path)).split('/');
      return { from, to };
    });
  });
  const others = arrows.filter(({ from, to }) => from !== to && isFolder(to));
  const withoutConfig = others.filter(({ from, to }) => from !== 'config' && to !== 'config');
  return [...new Set(withoutConfig.map(({ from, to }) => `${from} --> ${to}`))];
}

test('the diagram of the folders has the imports of the code, and no others', () => {
  expect(drawn.toSorted()).toEqual(imported().toSorted());
});

test('the tables have every folder and file of the service', () => {
  const [tables = ''] = section.split('\n## ');
  const named = tables.split('\n').flatMap((line) => {
    const [, first = ''] = line.split('|');
    return [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  });
  expect(named.toSorted()).toEqual(service.map((name) => (isFolder(name) ? `${name}/` : name)).toSorted());
});
