import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { example } from '../paths.ts';
import { callService, type SmokeTarget } from '../smoke/request.ts';
import { percentile } from '../statistics.ts';

export interface LoadPlan {
  readonly target: SmokeTarget;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Is told how many requests were due so far. */
  readonly onProgress?: (requests: number) => void;
}

export interface LoadResult {
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer: the connection was refused or reset, or timed out. */
  readonly unanswered: number;
  /** Requests that were not sent, because too many were still in flight. */
  readonly heldBack: number;
  /** Milliseconds, of the answers with 200. NaN if there are none. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Bounds the requests that pile up if the service hangs. */
const MAX_IN_FLIGHT = 256;

/**
 * Sends the same photo to `/predict` at even intervals and does not wait for answers, because callers do not
 * wait for each other. Tools that send all requests of a second at its start measure their own queue.
 */
export async function applyLoad({
  target,
  requestsPerSecond,
  seconds,
  onProgress = () => {},
}: LoadPlan): Promise<LoadResult> {
  const body = await readFile(example('cat.jpg'));
  const statuses: Record<string, number> = {};
  const timesMs: number[] = [];
  const inFlight = new Set<Promise<void>>();
  let unanswered = 0;
  let heldBack = 0;

  async function predict(): Promise<void> {
    try {
      const { status, elapsedMs } = await callService(target, 'predict', { method: 'POST', body });
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 200) timesMs.push(elapsedMs);
    } catch {
      unanswered += 1;
    }
  }

  const start = performance.now();
  for (let index = 0; index < requestsPerSecond * seconds; index += 1) {
    await sleep(Math.max(0, start + (index * 1000) / requestsPerSecond - performance.now()));
    if (inFlight.size >= MAX_IN_FLIGHT) heldBack += 1;
    else {
      const sent = predict().finally(() => inFlight.delete(sent));
      inFlight.add(sent);
    }
    onProgress(index + 1);
  }
  await Promise.all(inFlight);
  return {
    statuses,
    unanswered,
    heldBack,
    p50Ms: percentile(timesMs, 0.5),
    p95Ms: percentile(timesMs, 0.95),
    p99Ms: percentile(timesMs, 0.99),
  };
}

/** Whether every request was sent and answered with 200. */
export const isClean = ({ statuses, unanswered, heldBack }: LoadResult): boolean =>
  unanswered === 0 && heldBack === 0 && Object.keys(statuses).every((status) => status === '200');

export function formatLoad({ statuses, unanswered, heldBack, p50Ms, p95Ms, p99Ms }: LoadResult): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  if (unanswered > 0) counts.push(`${unanswered} unanswered`);
  if (heldBack > 0) counts.push(`${heldBack} not sent, too many in flight`);
  const latency = (
    [
      ['p50', p50Ms],
      ['p95', p95Ms],
      ['p99', p99Ms],
    ] as const
  )
    .map(([name, ms]) => `${name} ${Number.isNaN(ms) ? 'unknown' : `${ms.toFixed(1)} ms`}`)
    .join(', ');
  return `${counts.join(', ')}\n${latency}`;
}
