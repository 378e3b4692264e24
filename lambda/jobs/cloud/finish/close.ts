import { setTimeout as sleep } from 'node:timers/promises';
import type { JobId } from '../../ids.ts';
import type { PreparedDocument, RequestDocument } from '../documents.ts';
import type { Execution, Executions } from '../executions/executions.ts';
import { keys } from '../layout.ts';
import { countResults } from '../results-list.ts';
import { readJson, requireJson } from '../storage/read.ts';
import { totalOf } from '../total.ts';
import { endJob, type FinishAccess } from './finish.ts';
import { MERGE_START, mergeFile } from './merge.ts';
import { reasonOf } from './reason.ts';

/** Step Functions shows the end of an execution at most a few seconds after it reports it. */
const LOOKS = 5;

/**
 * Ends a job that failed or was cancelled, so that what was done can be read. Files of results are written until all is
 * merged: about 10^8 results in the 15 minutes of a function.
 *
 * @param pauseMs between two looks at the execution. @default 2000
 */
export async function closeJob(id: JobId, access: FinishAccess, pauseMs = 2000): Promise<void> {
  const { store, jobs } = access;
  const execution = await endedExecution(id, jobs, pauseMs);
  // Somebody has started it again: it will end a second time.
  if (!execution || execution.status === 'running' || execution.status === 'succeeded') return;

  let merge = await mergeFile(store, id, MERGE_START, access.inputsAFile);
  while (merge.hasMore) merge = await mergeFile(store, id, merge.progress, access.inputsAFile);
  const { request } = await requireJson<RequestDocument>(store, keys.request(id));
  const prepared = await readJson<PreparedDocument>(store, keys.prepared(id));
  await endJob(id, request, access, {
    status: execution.status === 'aborted' ? 'cancelled' : 'failed',
    counts: await countResults(store, id, totalOf(request, prepared)),
    reason: reasonOf(execution.status, prepared),
    startedAt: execution.startedAt,
    finishedAt: execution.stoppedAt ?? new Date(),
    parts: merge.progress.part - 1,
  });
}

async function endedExecution(id: JobId, jobs: Executions, pauseMs: number): Promise<Execution | undefined> {
  for (let look = 1; ; look += 1) {
    const execution = await jobs.describe(id);
    if (look === LOOKS || (execution && execution.status !== 'running')) return execution;
    await sleep(pauseMs);
  }
}
