import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * The SHA-256 of a file: 64 lower-case hex digits. Reads in chunks, so that a model need not fit in memory.
 */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * Replaces a file in one step: a reader sees the old bytes or the new ones, also after a power failure.
 *
 * @param data a list is written piece by piece, without copying it into one buffer.
 */
export async function writeFileAtomically(
  path: string,
  data: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncDirectory(dirname(path));
}

/** Makes a rename permanent: the directory, which holds the name, must reach the disk too. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open directories, and journals renames.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder and works in it. If the work fails, the folders that this made are removed again, unless
 * they have files.
 */
export async function inFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const made = await mkdir(folder, { recursive: true });
  try {
    return await work();
  } catch (error) {
    if (made !== undefined) await removeEmpty(resolve(folder), resolve(made));
    throw error;
  }
}

/** Removes `folder` and its parents up to `top`, until one of them has files. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let current = folder; current.startsWith(top); current = dirname(current)) {
    try {
      await rmdir(current);
    } catch {
      return;
    }
  }
}
