import { isJobId, type JobId } from '../../ids.ts';
import type { FinishedDocument } from '../documents.ts';
import type { ListUnsuccessful } from '../executions/unsuccessful.ts';
import { keys } from '../layout.ts';
import { readJson } from '../storage/read.ts';
import { closeJob, NotClosed } from './close.ts';
import type { FinishAccess } from './finish.ts';

/** Time for the event, and for the attempts of Lambda at it. */
const REPORTED_WITHIN_MS = 20 * 60_000;
/** What still fails after this has been reported: OnFailure of the function. */
const LOOK_BACK_MS = 2 * 3_600_000;
/** One after the other, in one call. */
const MOST_CLOSED = 5;

export interface OverlookedAccess extends FinishAccess {
  /** Of the state machine of jobs. */
  readonly unsuccessful: ListUnsuccessful;
}

/**
 * Ends jobs whose end has not been reported: EventBridge does not promise to deliver the events of Step Functions
 * (docs.aws.amazon.com/eventbridge/latest/ref/events-ref-states.html, "Best effort").
 *
 * @param hasTime whether there is time for another job.
 * @throws what ending one of them threw, when the others are done.
 */
export async function closeOverlooked(access: OverlookedAccess, hasTime: () => boolean): Promise<void> {
  const errors: unknown[] = [];
  let closed = 0;
  for await (const id of overlooked(access)) {
    if (closed === MOST_CLOSED || !hasTime()) break;
    closed += 1;
    await closeJob(id, access, { hasTime }).catch((error: unknown) => {
      // The next call goes on with it.
      if (!(error instanceof NotClosed)) errors.push(error);
    });
  }
  if (errors.length > 0) throw errors[0];
}

async function* overlooked({ store, unsuccessful }: OverlookedAccess): AsyncGenerator<JobId> {
  const now = Date.now();
  for await (const { name, stoppedAt } of unsuccessful()) {
    const age = now - stoppedAt.getTime();
    if (!isJobId(name) || age < REPORTED_WITHIN_MS || age > LOOK_BACK_MS) continue;
    const finished = await readJson<FinishedDocument>(store, keys.finished(name));
    // A job that was started again may have an older end.
    const isClosed = finished?.status === 'succeeded' || finished?.finished_at === stoppedAt.toISOString();
    if (!isClosed) yield name;
  }
}
