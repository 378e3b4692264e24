import { storageFull } from './storage-errors.ts';
import type { Database } from './store/database.ts';

/** SQLite's write-ahead log, which is emptied at 4 MB, with one large transaction on top. */
const LOG_BYTES = 12 * 2 ** 20;
/** The row of an upload, and what is not used of the last block of its file. */
const UPLOAD_OVERHEAD_BYTES = 8 * 1024;
/** Share of the folder that uploads may take. The rest is for jobs and their results. */
const UPLOAD_SHARE = 0.875;

/** What the folder may hold. Room for uploads is reserved before they are sent. */
export interface Room {
  /** @throws ServiceError `storage_full` if a transaction that adds this many bytes does not fit. */
  requireForJobs(bytes: number): void;
  /** @throws ServiceError `storage_full` */
  reserveUpload(bytes: number): void;
  releaseUpload(bytes: number): void;
}

/** @param uploads that are there already. */
export function createRoom(
  maxBytes: number,
  database: Pick<Database, 'usedBytes'>,
  uploads: { readonly bytes: number; readonly count: number },
): Room {
  const usable = maxBytes - LOG_BYTES;
  let uploaded = uploads.bytes + uploads.count * UPLOAD_OVERHEAD_BYTES;

  function requireRoom(bytes: number): void {
    if (database.usedBytes() + uploaded + bytes > usable)
      throw storageFull(
        'The service keeps as many uploads and results as it may. Try again when some have expired.',
      );
  }

  return {
    requireForJobs: requireRoom,
    reserveUpload(bytes) {
      const needed = bytes + UPLOAD_OVERHEAD_BYTES;
      if (uploaded + needed > usable * UPLOAD_SHARE)
        throw storageFull('The service keeps as many uploads as it may. Try again when some have expired.');
      requireRoom(needed);
      uploaded += needed;
    },
    releaseUpload(bytes) {
      uploaded -= bytes + UPLOAD_OVERHEAD_BYTES;
    },
  };
}
