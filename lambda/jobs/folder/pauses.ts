import { setTimeout as delay } from 'node:timers/promises';
import { isFull } from './storage-errors.ts';

/** Between attempts to write when there was no room. In milliseconds. */
const RETRY_MS = 2000;

/** Work that waits for room, so that nothing that was accepted or done is lost. */
export interface Pauses {
  /** Repeats `work` while there is no room for what it writes. @throws what else it throws; the reason of `signal` */
  untilRoom<Result>(work: () => Result | Promise<Result>, signal: AbortSignal): Promise<Result>;
  /** Why work waits at the moment. Undefined if none does. */
  reason(): string | undefined;
}

export interface PauseEvents {
  /** The first work waits. */
  readonly onPause: (reason: string) => void;
  /** None waits any more. */
  readonly onResume: () => void;
}

const REASON = 'There is no room for results. The job goes on when there is.';

export function createPauses({ onPause, onResume }: PauseEvents, retryMs = RETRY_MS): Pauses {
  let waiting = 0;
  return {
    reason: () => (waiting > 0 ? REASON : undefined),
    async untilRoom(work, signal) {
      let isWaiting = false;
      try {
        for (;;) {
          signal.throwIfAborted();
          try {
            return await work();
          } catch (error) {
            if (!isFull(error)) throw error;
          }
          if (!isWaiting) {
            isWaiting = true;
            waiting += 1;
            if (waiting === 1) onPause(REASON);
          }
          await delay(retryMs, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted());
        }
      } finally {
        if (isWaiting) {
          waiting -= 1;
          if (waiting === 0 && !signal.aborted) onResume();
        }
      }
    },
  };
}
