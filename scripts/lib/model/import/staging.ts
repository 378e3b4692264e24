import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { MANIFEST, readManifest } from '../../../../lambda/model/bundle.ts';
import { inFolder, syncDirectory } from '../../system/files.ts';
import { run } from '../../system/run.ts';

/**
 * Makes a bundle in a folder of its own and renames that when all is done, so that a failure leaves nothing behind
 * and an existing bundle stays as it was.
 *
 * @param force whether a bundle that exists is replaced.
 * @param make writes the bundle into the folder it gets.
 * @throws Error in one line if the folder exists and must not be replaced.
 */
export async function stageBundle<Result>(
  directory: string,
  force: boolean,
  make: (staged: string) => Promise<Result>,
): Promise<Result> {
  const target = resolve(directory);
  await requireReplaceable(target, relative('.', target) || '.', force);
  const parent = dirname(target);
  return inFolder(parent, async () => {
    const staged = join(parent, `.${basename(target)}-${randomUUID().slice(0, 8)}`);
    await mkdir(staged);
    const stop = onInterrupt(() => rmSync(staged, { recursive: true, force: true }));
    try {
      const result = await make(staged);
      await replace(target, staged);
      return result;
    } finally {
      stop();
      await rm(staged, { recursive: true, force: true });
    }
  });
}

async function requireReplaceable(target: string, shown: string, force: boolean): Promise<void> {
  const names: string[] = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`${shown}: expected a folder or nothing, but it cannot be read (${error.code})`);
  });
  if (names.length === 0) return;
  if (!names.includes(MANIFEST)) {
    throw new Error(`${shown}: expected no folder, or one with a model bundle, got one without ${MANIFEST}`);
  }
  if (force) {
    if (await isTracked(join(target, MANIFEST))) {
      throw new Error(
        `${shown}: expected a bundle that git does not track, got one of the repository; choose another --name`,
      );
    }
    return;
  }
  const found = await readManifest(target).then(
    ({ name, version }) => `${name} ${version}`,
    () => 'a bundle that cannot be read',
  );
  throw new Error(`${shown}: expected no bundle, got ${found}; --force replaces it`);
}

/** Whether a file belongs to a git repository. Without git, nothing does. */
const isTracked = (path: string): Promise<boolean> =>
  run('git', ['ls-files', '--error-unmatch', basename(path)], { cwd: dirname(path) }).then(
    () => true,
    () => false,
  );

async function replace(target: string, staged: string): Promise<void> {
  const replaced = `${staged}-replaced`;
  const hadOne = await rename(target, replaced).then(
    () => true,
    () => false,
  );
  try {
    await rename(staged, target);
  } catch (error) {
    if (hadOne) await rename(replaced, target);
    throw error;
  }
  await syncDirectory(dirname(target));
  await rm(replaced, { recursive: true, force: true });
}

/** @returns stops listening. */
function onInterrupt(clean: () => void): () => void {
  const leave = () => {
    clean();
    process.exit(130);
  };
  process.once('SIGINT', leave);
  return () => process.off('SIGINT', leave);
}
