import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundles-'));
  for (const name of ['a', 'b', 'c']) {
    await mkdir(join(folder, 'from', name), { recursive: true });
    await writeFile(join(folder, 'from', name, 'manifest.json'), '{}');
  }
  await mkdir(join(folder, 'from/tools'));
});
afterEach(() => rm(folder, { recursive: true }));

const copy = (names: string) =>
  spawnSync(join(REPOSITORY, 'scripts/image/models.sh'), [join(folder, 'from'), join(folder, 'to'), names], {
    encoding: 'utf8',
  });

test.each([
  ['a,', ['a']],
  ['b,a', ['a', 'b']],
  ['c,a,b', ['a', 'b', 'c']],
])('the image gets the bundles %s and no others', async (names, expected) => {
  expect(copy(names)).toMatchObject({ status: 0, stderr: '' });
  expect((await readdir(join(folder, 'to'))).sort()).toEqual(expected);
  expect(await readdir(join(folder, 'to/a'))).toEqual(['manifest.json']);
});

test.each(['d', 'a,tools', 'a,,b'])('%s stops the build', (names) => {
  const { status, stderr } = copy(names);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Expected a model bundle in models\/\w*, got none\. .*\.dockerignore\.\n$/);
});
