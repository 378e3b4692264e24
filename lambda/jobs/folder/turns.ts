import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Gate } from '../../budget/gate.ts';

/** At least one image of the jobs is begun in this time, even if requests keep the service busy. In milliseconds. */
const LONGEST_WAIT_MS = 1000;
const POLL_MS = 5;

/** Lets requests go first: a job gets a turn when no image of a request is being predicted or waits for it. */
export interface Turns {
  /** Waits for a turn. @throws the reason of `signal` */
  next(signal: AbortSignal): Promise<void>;
  /** Runs the prediction of a job's image, so that it does not count as a request. */
  classifying<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** @param predictions where images of requests and of jobs hold slots while they are predicted. */
export function createTurns(predictions: Pick<Gate, 'used' | 'waiting'>): Turns {
  let own = 0;
  let lastTurn = performance.now();
  const hasRequests = () => predictions.used() + predictions.waiting() > own;

  return {
    async next(signal) {
      // The event loop turns, so that requests that have arrived are seen.
      await nextTurn();
      signal.throwIfAborted();
      while (hasRequests() && performance.now() < lastTurn + LONGEST_WAIT_MS) {
        await delay(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
      lastTurn = performance.now();
    },
    async classifying(work) {
      own += 1;
      try {
        return await work();
      } finally {
        own -= 1;
      }
    },
  };
}
