import { stat } from 'node:fs/promises';
import { extname, isAbsolute, normalize, resolve } from 'node:path';
import { walkFolder } from './folder.ts';
import { keptPath } from './kept-path.ts';
import { readList } from './list.ts';

export interface FoundPhotos {
  /** Paths from the working directory, or absolute ones as they were given. Each file is there once. */
  readonly files: readonly string[];
  /** Files in folders that are not photos: other files, hidden ones and symbolic links. */
  readonly skipped: number;
  /** The arguments that are folders. */
  readonly folders: readonly string[];
}

/**
 * The photos of the arguments, in their order: all photos of a folder, those of a list (`*.txt`), or one file. A
 * list and a file are taken as they are, so a photo that is not there is found when it is read.
 *
 * @throws Error in one line for an argument that does not exist, a folder or a list that cannot be read, and for no
 *   photos at all.
 */
export async function findPhotos(paths: readonly string[]): Promise<FoundPhotos> {
  /** Absolute paths, with the paths as they were given. */
  const files = new Map<string, string>();
  const folders: string[] = [];
  let skipped = 0;
  const add = (file: string) => {
    const absolute = keptPath(resolve(file));
    if (!files.has(absolute)) files.set(absolute, isAbsolute(file) ? absolute : keptPath(normalize(file)));
  };

  for (const path of paths) {
    const facts = await stat(path).catch((cause: NodeJS.ErrnoException) => {
      throw new Error(
        `${path}: expected a folder, a photo or a list of photos, but it cannot be read (${cause.code})`,
        { cause },
      );
    });
    if (facts.isDirectory()) {
      folders.push(path);
      for await (const { file, isPhoto } of walkFolder(path)) {
        if (isPhoto) add(file);
        else skipped += 1;
      }
    } else if (extname(path).toLowerCase() === '.txt') {
      for (const file of await readList(path)) add(file);
    } else {
      add(path);
    }
  }
  if (files.size === 0) {
    throw new Error(`${paths.join(', ')}: expected photos, got none (${skipped} other files)`);
  }
  return { files: [...files.values()], skipped, folders };
}
