import { setTimeout as sleep } from 'node:timers/promises';
import type { JobId } from '../../ids.ts';
import type { FinishedDocument, PreparedDocument, RequestDocument } from '../documents.ts';
import type { Execution, Executions } from '../executions/executions.ts';
import { endedExecution, type ReportedEnd } from '../executions/status.ts';
import { keys } from '../layout.ts';
import { readJson, requireJson } from '../storage/read.ts';
import { totalOf } from '../total.ts';
import { endJob, type FinishAccess, sendWebhook } from './finish.ts';
import { MERGE_START, type MergeProgress, mergedCounts, mergeFile } from './merge.ts';
import { reasonOf } from './reason.ts';

/** Step Functions shows the end of an execution at most a few seconds after it reports it. */
const LOOKS = 5;

/** How far the results of one end of a job are merged. A job that is started again may end twice. */
interface ClosingDocument {
  readonly stopped_at: string;
  readonly progress: MergeProgress;
}

/** Its results are not all merged. Lambda calls a function again that EventBridge has called, and that fails. */
export class NotClosed extends Error {
  override readonly name = 'NotClosed';
}

export interface CloseOptions {
  /** Whether there is time for another file of results. */
  readonly hasTime: () => boolean;
  /** How it ended, as it was reported. @default only Step Functions knows */
  readonly end?: ReportedEnd | undefined;
  /** Between two looks at the execution. @default 2000 */
  readonly pauseMs?: number;
}

/**
 * Ends a job that failed or was cancelled, so that what was done can be read. A job whose results are complete has
 * succeeded, whatever happened afterwards.
 *
 * @throws NotClosed if the time is over before all results are merged, about 10^8 of them. The next call goes on.
 */
export async function closeJob(
  id: JobId,
  access: FinishAccess,
  { hasTime, end, pauseMs = 2000 }: CloseOptions,
): Promise<void> {
  const { store, jobs } = access;
  const execution = await executionNow(id, jobs, end && endedExecution(end), pauseMs);
  // Somebody has started it again: it will end a second time.
  if (!execution || execution.status === 'running' || execution.status === 'succeeded') return;
  const { stoppedAt = new Date() } = execution;
  const { request } = await requireJson<RequestDocument>(store, keys.request(id));
  const finished = await readJson<FinishedDocument>(store, keys.finished(id));
  // It was complete before it was stopped, or before its webhook could be started.
  if (finished?.status === 'succeeded') return sendWebhook(id, request, 'succeeded', access);

  const merged = await mergeAll(id, access, stoppedAt.toISOString(), hasTime);
  const prepared = await readJson<PreparedDocument>(store, keys.prepared(id));
  await endJob(id, request, access, {
    status: execution.status === 'aborted' ? 'cancelled' : 'failed',
    counts: mergedCounts(merged, totalOf(request, prepared)),
    reason: reasonOf(execution.status, prepared),
    startedAt: execution.startedAt,
    finishedAt: stoppedAt,
    parts: merged.part - 1,
  });
}

/** @returns the progress after the last file. */
async function mergeAll(
  id: JobId,
  access: FinishAccess,
  stopped_at: string,
  hasTime: () => boolean,
): Promise<MergeProgress> {
  const { store } = access;
  const earlier = await readJson<ClosingDocument>(store, keys.closing(id));
  const start = earlier?.stopped_at === stopped_at ? earlier.progress : MERGE_START;
  let merge = await mergeFile(store, id, start, access);
  while (merge.hasMore) {
    if (!hasTime()) {
      const document: ClosingDocument = { stopped_at, progress: merge.progress };
      await store.put(keys.closing(id), JSON.stringify(document));
      throw new NotClosed(`The results of ${id} are merged up to ${merge.progress.position}`);
    }
    merge = await mergeFile(store, id, merge.progress, access);
  }
  return merge.progress;
}

/** What Step Functions shows. Where it gives no answer, what was reported. */
async function executionNow(
  id: JobId,
  jobs: Executions,
  reported: Execution | undefined,
  pauseMs: number,
): Promise<Execution | undefined> {
  for (let look = 1; ; look += 1) {
    const execution = await jobs.describe(id).catch((error: unknown) => {
      if (!reported) throw error;
      return reported;
    });
    if (look === LOOKS || (execution && execution.status !== 'running')) return execution ?? reported;
    await sleep(pauseMs);
  }
}
