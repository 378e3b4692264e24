/** A timer that is due that often tells by its delay how long the event loop stood still. */
const TICK_MS = 50;
/** Longer than a run of the model with four images takes on one slow core. */
const THRESHOLD_MS = 200;

/**
 * Watches the event loop until the process ends, and keeps the process from nothing.
 *
 * @param onBlock called after the loop stood still for more than 200 ms, with the time in milliseconds.
 */
export function watchEventLoop(onBlock: (blockedMs: number) => void): void {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const blockedMs = now - last - TICK_MS;
    last = now;
    if (blockedMs > THRESHOLD_MS) onBlock(blockedMs);
  }, TICK_MS).unref();
}
