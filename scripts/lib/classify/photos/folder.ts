import { open, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { detectFormat } from '../../../../lambda/images/formats/detect.ts';

export interface FolderEntry {
  readonly file: string;
  readonly isPhoto: boolean;
}

/**
 * The formats that the service decodes, and those that people expect it to decode: a photo that cannot be classified
 * must not go unnoticed.
 */
const PHOTO_NAME = /^\.(jpe?g|jpe|jfif|png|webp|gif|avif|tiff?|heic|heif|bmp)$/i;
/** Enough for every signature. */
const HEAD_BYTES = 512;

/**
 * Everything in a folder and the folders in it, except folders, in the order of the names. A photo is a file with
 * the extension of an image, or one that begins as an image. Hidden files (`._photo.jpg` of macOS) and symbolic links
 * are no photos, and hidden folders are left out: what a link leads to is outside, or in the folder already.
 *
 * @throws Error in one line for a folder that cannot be read.
 */
export async function* walkFolder(folder: string): AsyncGenerator<FolderEntry> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${folder}: expected a folder of photos, but it cannot be read (${cause.code})`, {
      cause,
    });
  });
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    const file = join(folder, entry.name);
    const isHidden = entry.name.startsWith('.');
    if (entry.isDirectory()) {
      if (!isHidden) yield* walkFolder(file);
    } else {
      yield { file, isPhoto: entry.isFile() && !isHidden && (await isPhoto(file)) };
    }
  }
}

const isPhoto = async (file: string): Promise<boolean> =>
  PHOTO_NAME.test(extname(file)) || detectFormat(await readHead(file)) !== undefined;

/** @returns no bytes for a file that cannot be read. */
async function readHead(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return new Uint8Array();
  }
}
