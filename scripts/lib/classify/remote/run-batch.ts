import { setTimeout as delay } from 'node:timers/promises';
import type { LimitFunction } from 'p-limit';
import { isFinal } from '../../../../lambda/jobs/engine.ts';
import type { PhotoAnswer } from '../answer.ts';
import type { JobState } from './answers.ts';
import type { JobApi } from './api.ts';
import {
  type Batch,
  forgetUploads,
  hasOldUploads,
  type JobOptions,
  jobRequest,
  uploadedOf,
} from './batches.ts';
import type { JobMemory } from './memory.ts';
import type { BatchCounts } from './progress.ts';
import { RefusedError } from './refusal.ts';
import { uploadPhoto } from './upload.ts';

/** A killed process uploads at most so many photos again. */
const UPLOADS_BETWEEN_SAVES = 50;
const POLL_MS = 2000;
/** A job that has ended and has no results after this time has lost them. */
const RESULTS_MS = 120_000;

export interface BatchRun {
  readonly api: JobApi;
  readonly memory: JobMemory;
  readonly options: JobOptions;
  /** Shared by all batches. */
  readonly uploadTurns: LimitFunction;
  readonly signal: AbortSignal;
  /** Called when one of the batch's counts has changed. */
  readonly onProgress: (batch: Batch, counts: BatchCounts) => void;
}

/** What a job has made of a batch. */
export interface BatchAnswers {
  /** For each photo. Undefined for one that has no result. */
  readonly answers: readonly (PhotoAnswer | undefined)[];
  /** Why some photos have no result. */
  readonly reason: string;
}

/**
 * Uploads the photos of a batch, runs them as a job and fetches the results; or goes on where an earlier run stopped.
 *
 * @throws Error in one line; the reason of the signal.
 */
export async function runBatch(batch: Batch, run: BatchRun): Promise<BatchAnswers> {
  if (hasOldUploads(batch)) forgetUploads(batch);
  if (batch.jobId === undefined) await uploadAll(batch, run);
  const settled = () => batch.photos.filter(({ uploadId, problem }) => uploadId ?? problem).length;
  run.onProgress(batch, { uploaded: settled(), classified: 0 });
  if (uploadedOf(batch).length === 0) return answersFrom(batch, new Map(), '');
  const id = batch.jobId ?? (await submit(batch, run));
  const job = await whenFinal(id, batch, run);
  return answersFrom(batch, await results(job, run), reasonOf(job));
}

async function uploadAll(
  batch: Batch,
  { api, memory, uploadTurns, signal, onProgress }: BatchRun,
): Promise<void> {
  batch.begunAt ??= new Date();
  let failure: unknown;
  const left = batch.photos.filter(({ isWanted, uploadId, problem }) => isWanted && !(uploadId ?? problem));
  let settled = batch.photos.length - left.length;
  await Promise.all(
    left.map((photo) =>
      uploadTurns(async () => {
        if (failure !== undefined || signal.aborted) return;
        try {
          await uploadPhoto(api, photo);
          settled += 1;
          onProgress(batch, { uploaded: settled, classified: 0 });
          if (settled % UPLOADS_BETWEEN_SAVES === 0) await memory.save();
        } catch (error) {
          failure = error;
        }
      }),
    ),
  );
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
}

/** @returns the id of the job, which is remembered. */
async function submit(batch: Batch, { api, memory, options }: BatchRun): Promise<string> {
  // If this process is killed before it gets the answer, the next one sends the same body with the same key.
  await memory.save();
  const { body, idempotencyKey } = jobRequest(batch, options);
  try {
    const { job_id } = await api.createJob(body, idempotencyKey);
    batch.jobId = job_id;
  } catch (error) {
    if (!(error instanceof RefusedError && error.code === 'upload_not_found')) throw error;
    forgetUploads(batch);
    throw new Error('The service has lost the uploads of an earlier run. The same command sends them again.');
  } finally {
    await memory.save();
  }
  return batch.jobId;
}

/** Waits for the end of a job, and for the results of one that was ended early: they are put together afterwards. */
async function whenFinal(
  id: string,
  batch: Batch,
  { api, memory, signal, onProgress }: BatchRun,
): Promise<JobState> {
  let ended: number | undefined;
  for (;;) {
    const job = await api.job(id).catch(async (error: unknown) => {
      if (!(error instanceof RefusedError && error.code === 'job_not_found')) throw error;
      await memory.forget(batch);
      throw new Error(`The service has ${id} no more. The same command classifies its photos again.`);
    });
    const { succeeded, failed } = job.counts;
    onProgress(batch, { uploaded: batch.photos.length, classified: succeeded + failed });
    if (isFinal(job.status)) {
      ended ??= performance.now();
      if (job.results || performance.now() - ended > RESULTS_MS) return job;
    }
    await delay(job.retryAfterMs ?? POLL_MS, undefined, { signal });
  }
}

/** By their index in the job. */
async function results(
  { job_id, results }: JobState,
  { api }: BatchRun,
): Promise<ReadonlyMap<number, PhotoAnswer>> {
  const answers = new Map<number, PhotoAnswer>();
  for (let part = 1; part <= (results?.parts ?? 0); part += 1) {
    for (const { index, answer } of await api.results(job_id, part)) answers.set(index, answer);
  }
  return answers;
}

function reasonOf({ job_id, status, reason }: JobState): string {
  if (status === 'cancelled') return `${job_id} was cancelled`;
  if (status === 'failed') return `${job_id} failed${reason === undefined ? '' : `: ${reason}`}`;
  return `${job_id} has no results for some photos, because it came too late for their uploads`;
}

function answersFrom(batch: Batch, results: ReadonlyMap<number, PhotoAnswer>, reason: string): BatchAnswers {
  const indexes = new Map(uploadedOf(batch).map((photo, index) => [photo, index]));
  const answers = batch.photos.map((photo) => {
    if (photo.problem) return { problem: photo.problem };
    const answer = results.get(indexes.get(photo) ?? -1);
    // The photo is still here, so the next run uploads it again.
    return answer && 'problem' in answer && answer.problem.code === 'upload_not_found' ? undefined : answer;
  });
  return { answers, reason };
}
