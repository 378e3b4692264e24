const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** Waits between attempts, in milliseconds. Without their jitter they add up to 57 minutes. */
const DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  25 * MINUTE_MS,
];

/** Up to this much longer, so that messages that failed together do not come together again. */
const JITTER = 0.1;

/**
 * How long a server waits before it attempts again to deliver a message.
 *
 * @param failures how many attempts have failed, from 1.
 * @param random from 0 up to 1.
 * @returns milliseconds, or undefined after the last attempt.
 */
export function retryDelayMs(failures: number, random: number): number | undefined {
  const delay = DELAYS_MS[failures - 1];
  return delay === undefined ? undefined : Math.round(delay * (1 + JITTER * random));
}
