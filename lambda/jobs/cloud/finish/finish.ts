import type { FinalStatus, JobCounts, JobRequest } from '../../engine.ts';
import type { JobId } from '../../ids.ts';
import { webhookType } from '../../webhook/message.ts';
import type { FinishedDocument, PreparedDocument, RequestDocument } from '../documents.ts';
import type { Executions } from '../executions/executions.ts';
import { keys } from '../layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { requireJson } from '../storage/read.ts';
import { totalOf } from '../total.ts';
import { type FileLimits, MERGE_START, type MergeProgress, mergedCounts, mergeFile } from './merge.ts';

export interface FinishAccess extends FileLimits {
  readonly store: ObjectStore;
  readonly jobs: Executions;
  readonly webhooks: Executions;
}

export type FinishResult =
  | { readonly done: true }
  | { readonly done: false; readonly continuation: MergeProgress };

/**
 * Ends a job whose inputs are all done: merges the results, one file after the other, counts them and sends the webhook.
 * A call that is repeated writes the same objects.
 *
 * @param startedAt of the execution. To ask Step Functions for it could fail, and the job with it.
 * @param progress what the call before returned. Undefined for the first.
 * @param hasTime whether there is time for another file.
 * @throws Error if results are missing.
 */
export async function finishJob(
  id: JobId,
  startedAt: Date,
  progress: MergeProgress = MERGE_START,
  access: FinishAccess,
  hasTime: () => boolean,
): Promise<FinishResult> {
  const { store } = access;
  const merge = await mergeFile(store, id, progress, access);
  let { progress: now, hasMore } = merge;
  while (hasMore) {
    if (!hasTime()) return { done: false, continuation: now };
    ({ progress: now, hasMore } = await mergeFile(store, id, now, access));
  }
  const { request } = await requireJson<RequestDocument>(store, keys.request(id));
  const total = totalOf(request, await requireJson<PreparedDocument>(store, keys.prepared(id)));
  if (now.merged !== total) throw new Error(`Expected the results of ${total} inputs, got ${now.merged}`);
  await endJob(id, request, access, {
    status: 'succeeded',
    counts: mergedCounts(now, total),
    startedAt,
    finishedAt: new Date(),
    parts: now.part - 1,
  });
  return { done: true };
}

export interface JobEnd {
  readonly status: FinalStatus;
  readonly counts: JobCounts;
  readonly reason?: string | undefined;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date;
  readonly parts: number;
}

/** Says that all results can be read, and has the webhook sent if the request has one. */
export async function endJob(
  id: JobId,
  request: Pick<JobRequest, 'webhook'>,
  access: Pick<FinishAccess, 'store' | 'webhooks'>,
  { status, counts, reason, startedAt, finishedAt, parts }: JobEnd,
): Promise<void> {
  const document: FinishedDocument = {
    status,
    counts,
    reason,
    started_at: startedAt?.toISOString() ?? null,
    finished_at: finishedAt.toISOString(),
    parts,
  };
  await access.store.put(keys.finished(id), JSON.stringify(document));
  await sendWebhook(id, request, status, access);
}

/** Has the webhook sent once, if the request has one. */
export async function sendWebhook(
  id: JobId,
  { webhook }: Pick<JobRequest, 'webhook'>,
  status: FinalStatus,
  { webhooks }: Pick<FinishAccess, 'webhooks'>,
): Promise<void> {
  if (webhook === undefined) return;
  await webhooks.start(`${id}-${status}`, { job_id: id, type: webhookType(status) });
}
