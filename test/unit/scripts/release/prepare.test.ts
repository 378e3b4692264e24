import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toldVersions, writeVersion } from '../../../../scripts/lib/release/versioned-files.ts';
import { createClone } from './clone.ts';

test('a new version is written where the old one was, and nowhere else', async () => {
  const clone = createClone();
  clone.release('1.0.0');
  await writeVersion(clone.root, '1.1.0-rc.1');
  const changed = clone
    .git('diff', '--unified=0')
    .split('\n')
    .filter((line) => /^\+[^+]/.test(line));
  expect(changed.map((line) => line.slice(1).trim())).toEqual([
    "export const VERSION = '1.1.0-rc.1';",
    '"version": "1.1.0-rc.1",',
    '"version": "1.1.0-rc.1"',
    '"version": "1.1.0-rc.1",',
  ]);
  const told = await toldVersions(clone.root);
  expect(told.filter(({ version }) => version !== '1.1.0-rc.1')).toEqual([
    { file: 'docs/openapi.json', version: '1.0.0' },
  ]);
});

test('a file without a version is refused before it is changed', async () => {
  const clone = createClone();
  clone.release('1.0.0');
  clone.write('lambda/version.ts', 'export const version = 1;\n');
  await expect(writeVersion(clone.root, '1.1.0')).rejects.toThrow('lambda/version.ts: expected a version');
  expect(readFileSync(join(clone.root, 'lambda/version.ts'), 'utf8')).toContain('version = 1;');
});

test('the files of this repository have one version', async () => {
  const told = await toldVersions('.');
  expect(told).toHaveLength(5);
  expect(new Set(told.map(({ version }) => version)).size).toBe(1);
});
