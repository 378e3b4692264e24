/** The period of a timer. How late it fires shows how long the event loop was blocked. */
const TICK_MS = 50;
/** A run of the model with four images takes less, even on one slow core. */
const THRESHOLD_MS = 200;

/**
 * Watches the event loop until the process ends. Does not keep the process alive.
 *
 * @param onBlock called after the loop was blocked for more than 200 ms, with the time in milliseconds.
 * @param onTick called 20 times a second, with the delay in milliseconds.
 */
export function watchEventLoop(
  onBlock: (blockedMs: number) => void,
  onTick: (delayMs: number) => void = () => {},
): void {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const delayMs = Math.max(0, now - last - TICK_MS);
    last = now;
    onTick(delayMs);
    if (delayMs > THRESHOLD_MS) onBlock(delayMs);
  }, TICK_MS).unref();
}
