import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';

const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');
const lines = (path: string) => read(path).split('\n');

/** A file and all files of this repository that it loads, without those that only types are taken from. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name = ''] of read(file).matchAll(/^(?:import|export) (?!type\b)[^;]*?from '(\.[^']+)';/gm)) {
    loadedBy(relative(REPOSITORY, join(REPOSITORY, dirname(file), name)), seen);
  }
  return seen;
}

const isIn = (folders: readonly string[]) => (file: string) =>
  folders.some((folder) => file === folder || file.startsWith(`${folder.replace(/\/$/, '')}/`));

describe.each(['scripts/image/collect.ts', 'scripts/image/fetch-rie.ts', 'scripts/build.ts'])(
  '%s',
  (step) => {
    const loaded = [...loadedBy(step)];

    it('loads files that exist', () => {
      expect(loaded.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
      expect(loaded.length).toBeGreaterThan(3);
    });

    it('loads only what .dockerignore lets into the build and the Dockerfile copies', () => {
      const allowed = lines('.dockerignore')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1));
      const copied = lines('Dockerfile')
        .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
        .flatMap((line) => line.split(' ').slice(1, -1));
      expect(loaded.filter((file) => !isIn(allowed)(file))).toEqual([]);
      expect(loaded.filter((file) => !isIn(copied)(file))).toEqual([]);
    });
  },
);
