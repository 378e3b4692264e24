/** How much of one turn of the event loop goes to parsing. Any normal request needs less. */
const SHARE_MS = 2;

/** Work in steps of a few milliseconds at most. It may be paused at each `yield`. */
export type Steps<Result> = Generator<void, Result, void>;

/** The part of every turn of the event loop that one kind of work may take, for all requests together. */
export interface LoopShare {
  /**
   * Starts the work at once if this turn has time left and nothing waits. Otherwise the work waits in a
   * queue, and so does the rest of work that takes longer.
   *
   * @throws what the work throws; the reason of `signal` if it aborts before the work is done.
   */
  run<Result>(steps: Steps<Result>, signal: AbortSignal): Promise<Result>;
}

/**
 * Hundreds of bodies may become complete in the same turn. Without a limit they would all be parsed before
 * the loop turns again. The time is measured, not estimated, so a normal request never waits for a turn
 * unless others have used up the share of this one.
 */
export function createLoopShare(shareMs: number): LoopShare {
  /** In order. Each does some of its steps, and returns whether it is done. */
  const waiting: (() => boolean)[] = [];
  let usedMs = 0;
  let isTurnAwaited = false;

  function awaitTurn(): void {
    if (isTurnAwaited) return;
    isTurnAwaited = true;
    setImmediate(onTurn);
  }

  function onTurn(): void {
    isTurnAwaited = false;
    usedMs = 0;
    for (let work = waiting.shift(); work; work = usedMs < shareMs ? waiting.shift() : undefined) {
      if (!work()) waiting.push(work);
    }
    if (waiting.length > 0) awaitTurn();
  }

  return {
    run: (steps, signal) =>
      new Promise((resolve, reject) => {
        function work(): boolean {
          awaitTurn();
          const usedBefore = usedMs;
          const start = performance.now();
          try {
            signal.throwIfAborted();
            for (;;) {
              const step = steps.next();
              usedMs = usedBefore + performance.now() - start;
              if (step.done) {
                resolve(step.value);
                return true;
              }
              if (usedMs >= shareMs) return false;
            }
          } catch (error) {
            usedMs = usedBefore + performance.now() - start;
            reject(error);
            return true;
          }
        }
        if (waiting.length === 0 && usedMs < shareMs && work()) return;
        waiting.push(work);
        awaitTurn();
      }),
  };
}

/** The share of parsing. The process has one event loop, so all apps in it have one share. */
export const parsing = createLoopShare(SHARE_MS);

/** Work that needs no pause, as steps. */
export function* inOneStep<Result>(work: () => Result): Steps<Result> {
  yield;
  return work();
}
