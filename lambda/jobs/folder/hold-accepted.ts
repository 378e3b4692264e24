import { estimateResults } from './result-estimate.ts';
import { type Room, uploadRoom } from './room.ts';
import type { Slots } from './slots.ts';
import type { Store } from './store/store.ts';

/**
 * Holds room and slots for what was accepted before the process started. Addresses are not stored, so it counts for none.
 */
export function holdAccepted(
  { uploads, jobs, inputs }: Pick<Store<unknown>, 'uploads' | 'jobs' | 'inputs'>,
  { room, slots }: { readonly room: Room; readonly slots: Slots },
): void {
  for (const upload of uploads.all()) room.hold('upload', upload.id, uploadRoom(upload));
  for (const number of [...jobs.unfinished(true), ...jobs.unfinished(false)]) {
    slots.take(number, undefined);
    const job = jobs.at(number);
    room.hold('job', number, estimateResults(job, inputs.sum(number)));
    const done = job.succeeded + job.failed;
    if (done > 0) room.shrinkJob(number, 0, (job.total - done) / job.total);
  }
}
