import { setImmediate as nextTurn } from 'node:timers/promises';
import { DAY_MS } from './job-view.ts';
import type { Room } from './room.ts';
import type { Store } from './store/store.ts';
import type { UploadFiles } from './upload-files.ts';
import { READ_MS, SEND_MS } from './uploads.ts';

/** One step takes about 10 ms, and then the event loop turns. */
const ROWS_AT_ONCE = 500;
const PAGES_AT_ONCE = 64;
const UPLOADS_AT_ONCE = 50;
/** A file that is still being sent when its URL expires has this long to arrive. */
const LAST_ARRIVAL_MS = 15 * 60_000;

export interface CleanerDependencies {
  readonly store: Store<unknown>;
  readonly files: UploadFiles;
  readonly room: Room;
  readonly keepDays: number;
  readonly now: () => number;
}

/**
 * Deletes what has expired: uploads after a day, unless an unfinished job needs them, and jobs some days after their
 * end.
 */
export async function cleanUp(dependencies: CleanerDependencies, signal: AbortSignal): Promise<void> {
  await removeUploads(dependencies, signal);
  await removeJobs(dependencies, signal);
}

async function removeUploads({ store, files, room, now }: CleanerDependencies, signal: AbortSignal) {
  const { database, uploads } = store;
  for (;;) {
    const time = now();
    const old = uploads.old(
      { received: time - READ_MS, neverReceived: time - SEND_MS - LAST_ARRIVAL_MS },
      UPLOADS_AT_ONCE,
    );
    if (old.length === 0) return;
    for (const { id } of old) await files.remove(id);
    if (signal.aborted) return;
    database.record(() => {
      for (const { id } of old) uploads.remove(id);
    });
    for (const { bytes } of old) room.releaseUpload(bytes);
  }
}

async function removeJobs({ store, keepDays, now }: CleanerDependencies, signal: AbortSignal) {
  const { database, jobs, inputs, deliveries } = store;
  database.record(() => jobs.hideFinishedBefore(now() - keepDays * DAY_MS));
  for (const number of jobs.hidden()) {
    while (database.record(() => inputs.remove(number, ROWS_AT_ONCE))) {
      await nextTurn();
      if (signal.aborted) return;
    }
    database.record(() => {
      deliveries.remove(number);
      jobs.remove(number);
    });
  }
  while (!signal.aborted && database.shrink(PAGES_AT_ONCE)) await nextTurn();
}
