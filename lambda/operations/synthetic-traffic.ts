import { setTimeout as sleep } from 'node:timers/promises';
import { type Canary, type CanaryAnswer, classifyCanary } from './canary.ts';
import { InvocationError } from './invoke.ts';

export interface TrafficPlan {
  /** Milliseconds. */
  readonly durationMs: number;
  /** 0 sends none, and only waits. */
  readonly photosPerMinute: number;
}

export interface TrafficCount {
  /** Correct answers. */
  readonly correct: number;
  /** Calls that Lambda did not deliver to the service, such as throttled ones. */
  readonly undelivered: number;
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
}

/**
 * Sends the photo at even intervals, one at a time.
 *
 * @param version only its answers are judged. @default every version
 * @throws InvocationError for the first wrong answer.
 */
export async function sendPhotos(
  canary: Canary,
  { durationMs, photosPerMinute }: TrafficPlan,
  { version, signal }: { readonly version: string | undefined; readonly signal: AbortSignal },
): Promise<TrafficCount> {
  if (photosPerMinute === 0) {
    await sleep(durationMs, undefined, { signal });
    return { correct: 0, undelivered: 0, versions: {} };
  }
  const start = performance.now();
  const versions: Record<string, number> = {};
  let correct = 0;
  let undelivered = 0;
  for (let sent = 0; ; sent += 1) {
    const dueMs = (sent * 60_000) / photosPerMinute;
    if (dueMs >= durationMs) {
      await sleep(Math.max(0, start + durationMs - performance.now()), undefined, { signal });
      return { correct, undelivered, versions };
    }
    await sleep(Math.max(0, start + dueMs - performance.now()), undefined, { signal });
    const answer = await classifyCanary(canary, signal).catch((error: unknown) => error);
    signal.throwIfAborted();
    if (answer instanceof InvocationError && isJudged(answer, version)) throw answer;
    if (!(answer instanceof Error)) correct += 1;
    else if (!(answer instanceof InvocationError)) undelivered += 1;
    const { executedVersion } = answer as Partial<CanaryAnswer>;
    if (executedVersion) versions[executedVersion] = (versions[executedVersion] ?? 0) + 1;
  }
}

/** A fault of the version that is about to be replaced must not stop the one that may repair it. */
const isJudged = ({ executedVersion }: InvocationError, version: string | undefined): boolean =>
  version === undefined || executedVersion === version;
