import { setTimeout as sleep } from 'node:timers/promises';
import { startActivity } from '../command/activity.ts';

const POLL_LIMIT_MS = 10 * 60_000;

/**
 * Calls `look` until it returns something.
 *
 * @param what for the error, such as "the end of the deployment".
 * @param pauseMs milliseconds between two calls.
 * @throws Error after 10 minutes.
 */
export async function poll<Result>(
  what: string,
  pauseMs: number,
  look: () => Promise<Result | undefined>,
): Promise<Result> {
  using _shown = startActivity(`Waiting for ${what}`);
  const end = performance.now() + POLL_LIMIT_MS;
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    if (performance.now() > end) throw new Error(`expected ${what} within ${POLL_LIMIT_MS / 60_000} minutes`);
    await sleep(pauseMs);
  }
}

/** Calls `work` until it succeeds, for a server that is still starting. @throws its last error */
export async function retry<Result>(
  work: () => Promise<Result>,
  { timeoutMs = 20_000, pauseMs = 10 }: { timeoutMs?: number; pauseMs?: number } = {},
): Promise<Result> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(pauseMs);
    }
  }
}
