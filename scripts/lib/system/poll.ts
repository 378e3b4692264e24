import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 10 * 60_000;

/**
 * Looks again and again until there is something.
 *
 * @param what for the error, as in "the end of the deployment".
 * @param pauseMs milliseconds between two looks.
 * @throws Error after 10 minutes without.
 */
export async function poll<Result>(
  what: string,
  pauseMs: number,
  look: () => Promise<Result | undefined>,
): Promise<Result> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    if (performance.now() > end) throw new Error(`expected ${what} within ${LIMIT_MS / 60_000} minutes`);
    await sleep(pauseMs);
  }
}
