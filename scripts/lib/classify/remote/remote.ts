import pLimit from 'p-limit';
import { UsageError } from '../../command/usage-error.ts';
import type { AnsweredPhoto } from '../answer.ts';
import { inOrder } from '../in-order.ts';
import type { ClassificationSource, PhotosToClassify } from '../source.ts';
import { createJobApi, type JobApi } from './api.ts';
import { type Batch, newBatches, sortOut } from './batches.ts';
import { type JobMemory, openMemory, rememberedJobs } from './memory.ts';
import { showProgress } from './progress.ts';
import { RefusedError } from './refusal.ts';
import { type BatchAnswers, runBatch } from './run-batch.ts';
import { FEW_TRIES, MANY_TRIES } from './send.ts';
import type { JobService } from './target.ts';

/** Photos of one batch are uploaded while the job of another runs. */
const BATCHES_AT_ONCE = 2;
const UPLOADS_AT_ONCE = 8;

export interface RemoteOptions {
  readonly service: JobService;
  /** `NAME` or `NAME@VERSION`. Undefined for the default model of the service. */
  readonly model: string | undefined;
  /** The file of the results. Another beside it remembers the jobs. */
  readonly results: string;
}

/**
 * Uploads photos to a service, which classifies them in jobs.
 *
 * @throws UsageError for a model that the service does not have; Error in one line if it cannot be reached.
 */
export async function remoteSource({
  service,
  model,
  results,
}: RemoteOptions): Promise<ClassificationSource> {
  const api = createJobApi(service, { stop: new AbortController().signal, maxTries: FEW_TRIES });
  const chosen = await chooseModel(api, model);
  const name = `${chosen.name}@${chosen.version}`;
  const { sha256, classes, hasActivationMaps } = await api.model(name);
  return {
    model: { ...chosen, sha256 },
    classes,
    hasActivationMaps,
    async *classify(work) {
      const options = { model: name, top_k: work.options.topK, explain: work.options.explain };
      const memory = await openMemory(results, { service: service.url, ...options });
      yield* classifyInJobs(work, service, memory, options);
    },
  };
}

/** Ends the jobs of earlier runs, whose results nobody wants any more. */
export async function cancelRemembered(service: JobService, results: string): Promise<void> {
  const api = createJobApi(service, { stop: new AbortController().signal, maxTries: FEW_TRIES });
  for (const id of await rememberedJobs(results, service.url)) {
    await api.cancel(id).catch((error: unknown) => {
      if (!(error instanceof RefusedError && error.code === 'job_not_found')) throw error;
    });
  }
}

async function chooseModel(api: JobApi, wanted: string | undefined) {
  const models = await api.models();
  const found = models.find(
    ({ name, version }) => wanted === undefined || wanted === name || wanted === `${name}@${version}`,
  );
  if (found) return { name: found.name, version: found.version };
  const names = models.map(({ name, version }) => `${name}@${version}`);
  throw new UsageError(`--model: expected one of the service's ${names.join(', ')}, got ${wanted}`);
}

async function* classifyInJobs(
  { photos, done, stop }: PhotosToClassify,
  service: JobService,
  memory: JobMemory,
  options: { readonly model: string; readonly top_k: number; readonly explain: number },
): AsyncGenerator<AnsweredPhoto> {
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  const api = createJobApi(service, { stop: signal, maxTries: MANY_TRIES });
  const { begun, fresh } = sortOut(photos, memory.batches);
  const uploadTurns = pLimit(UPLOADS_AT_ONCE);
  const running = new Set<Batch>();
  const progress = showProgress(done, photos.length);

  async function work(batch: Batch): Promise<BatchAnswers | undefined> {
    running.add(batch);
    try {
      return await runBatch(batch, {
        api,
        memory,
        options,
        uploadTurns,
        signal,
        onProgress: progress.update,
      });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
  function* batches(): Generator<Batch> {
    yield* begun;
    for (const batch of newBatches(fresh)) {
      memory.add(batch);
      yield batch;
    }
  }

  for (const batch of begun) memory.add(batch);
  try {
    const ahead = { atOnce: BATCHES_AT_ONCE, waiting: BATCHES_AT_ONCE, stop };
    for await (const { item: batch, result } of inOrder(batches(), work, ahead)) {
      if (result === undefined) return;
      yield* answered(batch, result);
      running.delete(batch);
      progress.done(batch);
      await memory.forget(batch);
      if (missing(batch, result) > 0) {
        throw new Error(`${result.reason}. The same command goes on with the other photos.`);
      }
    }
  } finally {
    ended.abort();
    progress.stop();
    await memory.save();
    const jobs = [...running].flatMap(({ jobId }) => jobId ?? []);
    if (jobs.length > 0)
      console.error(`${jobs.join(', ')}: remembered. The same command fetches the results.`);
  }
}

function* answered(batch: Batch, { answers }: BatchAnswers): Generator<AnsweredPhoto> {
  for (const [index, { file, isWanted }] of batch.photos.entries()) {
    const answer = answers[index];
    if (isWanted && answer) yield { file, answer };
  }
}

const missing = (batch: Batch, { answers }: BatchAnswers): number =>
  batch.photos.filter(({ isWanted }, index) => isWanted && answers[index] === undefined).length;
