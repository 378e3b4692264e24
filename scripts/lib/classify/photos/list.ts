import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

/**
 * The paths of a list: one a line, with spaces as they are and without comments. Relative paths are relative to the
 * working directory, as `find` prints them. If the first of them is not there, they are relative to the folder of the
 * list, so that a list can move together with its photos.
 *
 * @throws Error in one line for a file that cannot be read or is not text.
 */
export async function readList(list: string): Promise<readonly string[]> {
  const bytes = await readFile(list).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${list}: expected a list of photos, but it cannot be read (${cause.code})`, { cause });
  });
  const lines = decode(list, bytes)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const first = lines.find((line) => !isAbsolute(line));
  const base = first === undefined || existsSync(first) ? '' : dirname(list);
  return lines.map((line) => (isAbsolute(line) ? line : join(base, line)));
}

/** PowerShell writes UTF-16 with a byte order mark. */
function decode(list: string, bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`${list}: expected a list of photos in UTF-8, got other bytes`, { cause });
  }
}
