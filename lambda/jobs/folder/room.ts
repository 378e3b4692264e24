import { createHoldings, isWithinShare } from './holdings.ts';
import { DAY_MS } from './job-view.ts';
import { createKeptResults } from './kept-results.ts';
import { storageFull } from './storage-errors.ts';
import type { Database } from './store/database.ts';
import type { StoredUpload } from './store/uploads.ts';

/** SQLite's write-ahead log, which is emptied at 4 MB, with one large transaction on top. */
const LOG_BYTES = 12 * 2 ** 20;
/** The row of an upload, and what is not used of the last block of its file. */
const UPLOAD_OVERHEAD_BYTES = 8 * 1024;
/**
 * How full the folder may be for something new to be accepted, 0..1. Jobs find room when uploads have filled theirs, and
 * the results of accepted jobs when jobs have filled theirs.
 */
const SHARES = { upload: 0.75, job: 0.875, result: 1 };
type Purpose = keyof typeof SHARES;
/** An upload, or the results that an unfinished job will have. */
type Held = Exclude<Purpose, 'result'>;

const REFUSALS: Record<Purpose, string> = {
  upload: 'The service keeps as many uploads as it may.',
  job: 'The service has no room for the results of this job.',
  result: 'The service has no room for results.',
};

/** The id of an upload, or the number of a job. */
export type RoomKey = string | number;

/**
 * What the folder may hold. Room for uploads is reserved before they are sent, and room for results before a job is
 * accepted.
 */
export interface Room {
  /** @throws ServiceError `storage_full` if a result with this many bytes does not fit. */
  requireForResult(bytes: number): void;
  /**
   * Holds room until it is released, or more of it for the same key.
   *
   * @param address of the client. It may have a share of the folder only. Undefined if it is not known.
   * @throws ServiceError `storage_full`
   */
  reserve(purpose: Held, key: RoomKey, bytes: number, address?: string): void;
  /** Holds room for what was accepted earlier, whether it fits or not. */
  hold(purpose: Held, key: RoomKey, bytes: number): void;
  /**
   * Gives back a part of what a job holds, because it has a result.
   *
   * @param bytes of the result.
   * @param share that is still needed, 0..1.
   */
  shrinkJob(job: number, bytes: number, share: number): void;
  /** Gives back what a job holds, because it has ended. Its results count for the address until they are deleted. */
  endJob(job: number): void;
  release(purpose: Held, key: RoomKey): void;
}

/** The room that an upload takes. */
export const uploadRoom = ({ bytes }: Pick<StoredUpload, 'bytes'>): number => bytes + UPLOAD_OVERHEAD_BYTES;

export interface RoomSettings {
  readonly maxFolderBytes: number;
  /** What one client address may hold of the room that the others leave, 0..1. */
  readonly addressShare: number;
  readonly keepDays: number;
}

export function createRoom(
  { maxFolderBytes, addressShare, keepDays }: RoomSettings,
  database: Pick<Database, 'usedBytes'>,
  now: () => number,
): Room {
  const usable = maxFolderBytes - LOG_BYTES;
  const uploads = createHoldings<RoomKey>();
  /** The results that are still to come. */
  const results = createHoldings<RoomKey>();
  /** The results of unfinished jobs that are in the database. */
  const written = createHoldings<RoomKey>();
  const kept = createKeptResults(keepDays * DAY_MS, now);
  const holdingsOf = (purpose: Held) => (purpose === 'upload' ? uploads : results);
  const full = (what: string) =>
    storageFull(
      `${what} Room becomes free when jobs end, 15 minutes after an upload was announced and not sent, a day after it was ` +
        `sent, and ${keepDays} days after the end of a job.`,
    );

  return {
    requireForResult(bytes) {
      if (database.usedBytes() + uploads.total() + bytes > usable) throw full(REFUSALS.result);
    },
    reserve(purpose, key, bytes, newAddress) {
      const capacity = usable * SHARES[purpose];
      const used = database.usedBytes() + uploads.total() + results.total();
      if (used + bytes > capacity) throw full(REFUSALS[purpose]);
      const holdings = holdingsOf(purpose);
      const address = holdings.addressOf(key) ?? newAddress;
      if (address !== undefined) {
        const own = uploads.of(address) + results.of(address) + written.of(address) + kept.of(address);
        const claim = { own, more: bytes, others: Math.max(0, used - own) };
        if (!isWithinShare(claim, { capacity, share: addressShare }))
          throw full('Uploads and jobs from your address take as much room as those of one address may.');
      }
      holdings.add(key, bytes, address);
    },
    hold: (purpose, key, bytes) => holdingsOf(purpose).add(key, bytes, undefined),
    shrinkJob(job, bytes, share) {
      written.add(job, bytes, results.addressOf(job));
      results.shrink(job, share);
    },
    endJob(job) {
      const address = written.addressOf(job);
      if (address !== undefined) kept.add(address, written.amountOf(job));
      written.remove(job);
      results.remove(job);
    },
    release: (purpose, key) => holdingsOf(purpose).remove(key),
  };
}
