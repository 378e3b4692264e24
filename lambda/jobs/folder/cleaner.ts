import { setImmediate as nextTurn } from 'node:timers/promises';
import { DAY_MS } from './job-view.ts';
import type { Room } from './room.ts';
import type { Store } from './store/store.ts';
import type { UploadFiles } from './upload-files.ts';
import { type FolderUploads, READ_MS, SEND_MS } from './uploads.ts';

/** One step takes about 10 ms, and then the event loop turns. */
const ROWS_AT_ONCE = 500;
const PAGES_AT_ONCE = 64;
const UPLOADS_AT_ONCE = 50;

export interface CleanerDependencies {
  readonly store: Store<unknown>;
  readonly files: UploadFiles;
  readonly uploads: Pick<FolderUploads, 'isArriving'>;
  readonly room: Room;
  readonly keepDays: number;
  readonly now: () => number;
}

/**
 * Deletes what nobody needs any more: uploads that were not sent when their URL expired, others after a day, unless an
 * unfinished job needs them; the inputs of jobs that have ended; and jobs some days after their end.
 */
export async function cleanUp(dependencies: CleanerDependencies, signal: AbortSignal): Promise<void> {
  await removeUploads(dependencies, signal);
  await removeEndedInputs(dependencies, signal);
  await removeJobs(dependencies, signal);
}

async function removeUploads(dependencies: CleanerDependencies, signal: AbortSignal): Promise<void> {
  const { store, files, room, now } = dependencies;
  const { database, uploads } = store;
  for (;;) {
    const time = now();
    const old = uploads
      .old({ received: time - READ_MS, neverReceived: time - SEND_MS }, UPLOADS_AT_ONCE)
      .filter(({ id }) => !dependencies.uploads.isArriving(id));
    if (old.length === 0) return;
    for (const { id } of old) await files.remove(id);
    if (signal.aborted) return;
    database.record(() => {
      for (const { id } of old) uploads.remove(id);
    });
    for (const { id } of old) room.release('upload', id);
  }
}

/** Deletes the inputs of jobs that have ended, because their results repeat them. */
export async function removeEndedInputs(
  { store }: Pick<CleanerDependencies, 'store'>,
  signal: AbortSignal,
): Promise<void> {
  const { database, jobs, inputs } = store;
  for (let job = inputs.nextJob(0); job !== undefined; job = inputs.nextJob(job)) {
    const number = job;
    if (jobs.at(number).finishedAt === null) continue;
    while (database.record(() => inputs.removeInputs(number, ROWS_AT_ONCE))) {
      await nextTurn();
      if (signal.aborted) return;
    }
  }
}

async function removeJobs({ store, keepDays, now }: CleanerDependencies, signal: AbortSignal): Promise<void> {
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
