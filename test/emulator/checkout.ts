import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { REPOSITORY } from '../../scripts/lib/paths.ts';

/** Files of a working tree that are not copied: what a clone does not contain, and other models. */
const LEFT_OUT =
  /^(\.git|node_modules|coverage|dist|cdk\.out|\.(?!rie|npmrc|docker)[^/]*|models\/(?!resnet50)[^/]*)$/;

/** Copies this repository into a temporary folder, for a test that changes files. @returns the folder */
export async function copyRepository(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'resnet50-copy-'));
  await cp(REPOSITORY, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.test(relative(REPOSITORY, path)),
  });
  await symlink(join(REPOSITORY, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
