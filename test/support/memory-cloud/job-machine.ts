import type { BatchEntry } from '../../../lambda/jobs/cloud/documents.ts';
import type { PrepareResult } from '../../../lambda/jobs/cloud/prepare/prepare.ts';
import type { StepEvent } from '../../../lambda/jobs/cloud/steps.ts';
import type { BatchWork, RemainingWork } from '../../../lambda/jobs/cloud/work/batch.ts';
import type { JobId } from '../../../lambda/jobs/ids.ts';
import type { MemoryBuckets } from './buckets.ts';

/** The functions that the state machine invokes. */
export interface Invoke {
  worker(event: BatchWork, signal: AbortSignal): Promise<RemainingWork>;
  // biome-ignore lint/suspicious/noExplicitAny: it returns parsed JSON.
  steps(event: StepEvent): Promise<any>;
}

/** More than the deepest split of a batch needs. */
const MAX_CALLS = 100_000;

/**
 * The state machine of jobs: prepare until done, each batch until nothing is left of it, finish until done. What the map
 * did before stays done when the execution is started again.
 *
 * @throws Error if the execution fails.
 */
export async function runJobMachine(
  name: string,
  buckets: MemoryBuckets,
  bucket: string,
  invoke: Invoke,
  signal: AbortSignal,
  startedAt: Date,
): Promise<void> {
  const id = name as JobId;
  const done = doneBatches.get(buckets) ?? new Set<string>();
  doneBatches.set(buckets, done);

  for (let continuation: unknown; ; ) {
    signal.throwIfAborted();
    const prepared: PrepareResult = await invoke.steps({
      step: 'prepare',
      job_id: id,
      ...(continuation ? { continuation } : {}),
    } as StepEvent);
    if (prepared.done) {
      if (prepared.failed !== undefined) throw new Error(prepared.failed);
      break;
    }
    continuation = prepared.continuation;
  }

  const entries = JSON.parse(buckets.text(bucket, `jobs/${id}/batches.json`) ?? '') as readonly BatchEntry[];
  const outcomes = await Promise.allSettled(
    entries
      .filter(({ key }) => !done.has(key))
      .map(async (entry) => {
        await runBatch(entry, invoke, signal);
        done.add(entry.key);
      }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;

  for (let continuation: unknown; ; ) {
    signal.throwIfAborted();
    const finished = await invoke.steps({
      step: 'finish',
      job_id: id,
      started_at: startedAt.toISOString(),
      ...(continuation ? { continuation } : {}),
    } as StepEvent);
    if (finished.done) return;
    continuation = finished.continuation;
  }
}

const doneBatches = new WeakMap<MemoryBuckets, Set<string>>();

/**
 * The events that AWS writes into the history of an execution: `TaskStateEntered`, `LambdaFunctionScheduled`, `…Started`,
 * `…Succeeded` or `…Failed`, `TaskStateExited`; `ChoiceStateEntered` and `…Exited`; and the start and the end of the whole.
 */
const EVENTS = { task: 5, choice: 2, execution: 4 } as const;

/** The child of the map for one batch. @returns how many events its history has. */
export async function runBatch(
  { job_id, key, first, last }: BatchEntry,
  invoke: Invoke,
  signal: AbortSignal,
): Promise<number> {
  let work: RemainingWork = { ranges: [[first, last]], failed_ranges: 0 };
  let events: number = EVENTS.execution;
  for (let call = 0; work.ranges.length > 0 && call < MAX_CALLS; call += 1) {
    signal.throwIfAborted();
    events += EVENTS.task + EVENTS.choice;
    const event: BatchWork = { job_id, key, ...work };
    try {
      work = await invoke.worker(event, signal);
    } catch (error) {
      signal.throwIfAborted();
      events += EVENTS.task;
      const caught = { Error: (error as Error).name, Cause: (error as Error).message };
      work = await invoke.steps({ step: 'split', ...event, error: caught });
    }
  }
  return events;
}
