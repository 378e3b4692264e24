import type { Context } from 'aws-lambda';

/** What a function needs to end by itself: aborting what is under way, and writing the error. */
const WORKER_RESERVE_MS = 15_000;
/** A page of a bucket or a file of results takes less than this: BYTES_A_FILE in finish/merge.ts. */
const STEPS_RESERVE_MS = 240_000;

type Remaining = Pick<Context, 'getRemainingTimeInMillis'>;

/** Aborts before Lambda ends the worker, whose process and model the next batch can use. */
export const workerSignal = (context: Remaining): AbortSignal =>
  AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - WORKER_RESERVE_MS));

/** Whether a step has time for more of the same work. */
export const hasTime = (context: Remaining) => (): boolean =>
  context.getRemainingTimeInMillis() > STEPS_RESERVE_MS;
