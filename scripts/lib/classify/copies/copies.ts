import { constants } from 'node:fs';
import { copyFile, link, mkdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { folderName, shortenTo } from './folder-name.ts';
import { haveSameBytes } from './same-bytes.ts';

/** Copies photos into a folder for each label. */
export interface Copies {
  /**
   * Copies a photo into the folder of a label. A photo of the same name with other bytes stays, and the copy gets a
   * number: `cat (2).jpg`. A copy that an earlier run made is used as it is.
   *
   * @throws Error in one line if the photo cannot be copied.
   */
  copy(file: string, label: string): Promise<void>;
}

/** The longest name that most file systems allow, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;

/**
 * @param partName a file in `directory` that a copy is written to before it gets its name, so that a process that is
 *   killed leaves no half of a photo. The next run overwrites it.
 */
export function createCopies(directory: string, partName: string): Copies {
  const folders = new Map<string, Promise<string>>();
  /** The next number to try for a name. The smaller ones belong to photos of this run. */
  const numbers = new Map<string, number>();
  const part = join(directory, partName);

  /** @throws Error if the folder is a link that leads elsewhere. */
  async function makeFolder(name: string): Promise<string> {
    const folder = join(directory, name);
    await mkdir(folder, { recursive: true });
    const expected = join(await realpath(directory), name);
    const real = await realpath(folder);
    if (real !== expected) throw new Error(`expected the folder ${expected}, got a link to ${real}`);
    return folder;
  }

  function folderOf(label: string): Promise<string> {
    const name = folderName(label);
    const known = folders.get(name) ?? makeFolder(name);
    folders.set(name, known);
    return known;
  }

  async function place(file: string, folder: string): Promise<void> {
    // One that is left of a run that was killed may be read-only, as its photo.
    await rm(part, { force: true });
    await copyFile(file, part, constants.COPYFILE_FICLONE);
    const first = join(folder, basename(file));
    for (let number = numbers.get(first) ?? 1; ; number += 1) {
      const copy = join(folder, numbered(basename(file), number));
      if ((await claim(part, copy)) || (await haveSameBytes(part, copy))) {
        numbers.set(first, number + 1);
        return;
      }
    }
  }

  return {
    async copy(file, label) {
      try {
        await place(file, await folderOf(label));
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException;
        throw new Error(`${file}: cannot be copied to ${directory} (${code ?? message})`, { cause });
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}

function numbered(name: string, number: number): string {
  const extension = extname(name);
  const suffix = number === 1 ? extension : ` (${number})${extension}`;
  const stem = name.slice(0, name.length - extension.length);
  return `${shortenTo(MAX_NAME_BYTES - Buffer.byteLength(suffix), stem)}${suffix}`;
}

/** Gives a file a second name. @returns false if the name is taken. */
async function claim(part: string, copy: string): Promise<boolean> {
  try {
    await link(part, copy);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  // A file system without hard links, such as FAT.
  if (await stat(copy).catch(() => undefined)) return false;
  await copyFile(part, copy, constants.COPYFILE_EXCL);
  return true;
}
