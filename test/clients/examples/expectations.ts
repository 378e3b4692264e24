import { equal, match, ok } from 'node:assert/strict';
import { RETRY_AFTER_SECONDS, type ReceivedRequest } from './fake-service.ts';
import type { Ended } from './run.ts';

/** Timers of Node.js may fire a millisecond early. */
const EARLY_MS = 5;

/** Every image was classified. */
export function succeeded({ exitCode, stdout, stderr }: Ended, expected: string): void {
  equal(stdout, expected, stderr);
  equal(exitCode, 0);
}

/** Not every image was classified. */
export function failed({ exitCode, stdout, stderr }: Ended, expected: string, reason: RegExp): void {
  match(stderr, reason);
  equal(stdout, expected);
  equal(exitCode, 1);
}

/** No request came before the time that the answer to the last had asked for. */
export function notEarly(requests: readonly ReceivedRequest[]): void {
  const waits = requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0));
  const least = 1000 * RETRY_AFTER_SECONDS - EARLY_MS;
  ok(
    waits.every((wait) => wait >= least),
    `expected waits of at least ${least} ms, got ${waits.join(', ')}`,
  );
}
