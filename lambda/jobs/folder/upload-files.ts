import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TakePiece } from '../../fetch/fetch.ts';
import { isUploadId, type UploadId } from '../ids.ts';
import { asStorageError } from './storage-errors.ts';
import { syncFolder } from './store/database.ts';

const PIECE_BYTES = 64 * 1024;

/** The files of uploads, each in a file with the name of its id. */
export interface UploadFiles {
  /**
   * Writes a file beside its final name, and gives it that name when it is complete and on the disk. It then replaces an
   * earlier file of the upload.
   *
   * @param fill passes the pieces to `take`, in order.
   * @throws ServiceError `storage_full`; what `fill` throws. Nothing of the file is left then.
   */
  write(id: UploadId, fill: (take: TakePiece) => Promise<void>): Promise<void>;
  /**
   * Passes the bytes of a file to `take`, in order.
   *
   * @param from the first byte to read.
   * @returns whether there is such a file.
   * @throws what `take` throws, the reason of `signal`, or an error of the disk.
   */
  read(id: UploadId, take: TakePiece, signal: AbortSignal, from?: number): Promise<boolean>;
  remove(id: UploadId): Promise<void>;
  /** Removes files that belong to no upload: the process ended while they were being written or deleted. */
  sweep(isKnown: (id: UploadId) => boolean): Promise<void>;
}

/** Creates the folder if it is missing. */
export async function openUploadFiles(folder: string): Promise<UploadFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: UploadId) => join(folder, id);

  return {
    async write(id, fill) {
      const part = join(folder, `${id}.${randomBytes(8).toString('hex')}.part`);
      try {
        const file = await open(part, 'wx', 0o600);
        try {
          await fill((piece) => writeWhole(file, piece));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, pathOf(id));
        syncFolder(folder);
      } catch (error) {
        await rm(part, { force: true });
        throw asStorageError(error);
      }
    },
    async read(id, take, signal, from = 0) {
      let file: FileHandle;
      try {
        file = await open(pathOf(id));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
      try {
        const buffer = new Uint8Array(PIECE_BYTES);
        for (let position = from; ; ) {
          signal.throwIfAborted();
          const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, position);
          if (bytesRead === 0) return true;
          position += bytesRead;
          await take(buffer.subarray(0, bytesRead));
        }
      } finally {
        await file.close();
      }
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    async sweep(isKnown) {
      for (const name of await readdir(folder)) {
        if (!isUploadId(name) || !isKnown(name)) await rm(join(folder, name), { force: true });
      }
    },
  };
}

async function writeWhole(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.byteLength; ) {
    written += (await file.write(piece, written)).bytesWritten;
  }
}
