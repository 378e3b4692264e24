import type { Job, JobStatus } from '../engine.ts';
import type { JobId } from '../ids.ts';
import type { FinishedDocument, PreparedDocument, RequestDocument } from './documents.ts';
import type { Execution, ExecutionStatus } from './executions/executions.ts';
import { reasonOf } from './finish/reason.ts';
import { keys } from './layout.ts';
import { countResults } from './results-list.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { readJson } from './storage/read.ts';
import { totalOf } from './total.ts';

const STATUS: Readonly<Record<ExecutionStatus, JobStatus>> = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  'timed out': 'failed',
  aborted: 'cancelled',
};

/** A job as it is stored, and what Step Functions says of it. */
export interface JobState {
  readonly document: RequestDocument;
  /** Undefined if it cannot be seen yet, or no longer. */
  readonly execution: Execution | undefined;
  readonly prepared: PreparedDocument | undefined;
  /** Undefined while the results cannot be read. */
  readonly finished: FinishedDocument | undefined;
}

/**
 * @param describe asks Step Functions, which allows few calls. A job that has succeeded cannot run again, so it is asked
 *   about the others only.
 */
export async function readState(
  store: ObjectStore,
  id: JobId,
  document: RequestDocument,
  describe: () => Promise<Execution | undefined>,
): Promise<JobState> {
  const [prepared, finished] = await Promise.all([
    readJson<PreparedDocument>(store, keys.prepared(id)),
    readJson<FinishedDocument>(store, keys.finished(id)),
  ]);
  const execution = finished?.status === 'succeeded' ? undefined : await describe();
  return { document, execution, prepared, finished: finished && current(finished, execution) };
}

/** An execution that was started again has not ended, or has ended in a different way from before. */
function current(finished: FinishedDocument, execution: Execution | undefined): FinishedDocument | undefined {
  if (!execution) return finished;
  if (finished.status !== STATUS[execution.status]) return undefined;
  const isOfThisEnd =
    finished.status === 'succeeded' || finished.finished_at === execution.stoppedAt?.toISOString();
  return isOfThisEnd ? finished : undefined;
}

export function statusOf({ execution, prepared, finished }: JobState): JobStatus {
  if (!execution) return finished?.status ?? 'queued';
  const status = STATUS[execution.status];
  return status === 'running' && !prepared ? 'queued' : status;
}

/** The job as its owner sees it. The URL of its results is one of S3, for the first part. */
export async function jobOf(store: ObjectStore, id: JobId, state: JobState): Promise<Job> {
  const { document, execution, prepared, finished } = state;
  const { request, created_at: createdAt } = document;
  const status = statusOf(state);
  const total = totalOf(request, prepared);
  const counts =
    finished?.counts ??
    (status === 'queued'
      ? { total, succeeded: 0, failed: 0, pending: total }
      : await countResults(store, id, total));
  const finishedAt = finished ? new Date(finished.finished_at) : execution?.stoppedAt;
  const startedAt = finished?.started_at ? new Date(finished.started_at) : execution?.startedAt;
  return {
    id,
    status,
    counts,
    createdAt: new Date(createdAt),
    startedAt: status === 'queued' ? undefined : startedAt,
    finishedAt: status === 'queued' || status === 'running' ? undefined : finishedAt,
    results: finished && { ...(await store.presignGet(keys.results(id, 1))), parts: finished.parts },
    reason: execution ? reasonOf(execution.status, prepared) : finished?.reason,
  };
}
