import { setTimeout as delay } from 'node:timers/promises';
import { createBudgets } from '../../lambda/budget/budgets.ts';
import type { AllowedSource } from '../../lambda/config/jobs.ts';
import { readConfig } from '../../lambda/config.ts';
import type { UrlFetcher } from '../../lambda/fetch/fetch.ts';
import { createCloudEngine } from '../../lambda/jobs/cloud/engine.ts';
import { createSteps, type StepEvent, type Steps } from '../../lambda/jobs/cloud/steps.ts';
import type { BatchWork } from '../../lambda/jobs/cloud/work/batch.ts';
import { type BatchRecord, createWorker } from '../../lambda/jobs/cloud/work/worker.ts';
import type { JobEngine } from '../../lambda/jobs/engine.ts';
import type { FormatResult } from '../../lambda/jobs/result.ts';
import { createModels, type Models } from '../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../lambda/prediction/predictor.ts';
import { loadedSource } from '../../scripts/lib/model/loaded-source.ts';
import { createMemoryBuckets, type MemoryBuckets } from './memory-cloud/buckets.ts';
import { createMemoryExecutions, type MemoryExecutions } from './memory-cloud/executions.ts';
import { type Invoke, runJobMachine } from './memory-cloud/job-machine.ts';
import { fakeClassifier } from './model.ts';

export const JOBS_BUCKET = 'jobs-bucket';

export interface MemoryCloudOptions {
  /** @default one that finds class 7 in every image */
  readonly models?: Models;
  /** @default no URL can be fetched */
  readonly fetchUrl?: UrlFetcher;
  /** @default the index, the input, and the predictions or the code of the problem */
  readonly format?: FormatResult;
  /** @default none */
  readonly sources?: readonly AllowedSource[];
  /** Called before a function runs. What it throws is how the function ends. */
  readonly beforeInvoke?: (invocation: Invocation) => Promise<void> | void;
  /** Aborts when the time of a call of the worker is over. @default never */
  readonly workerSignal?: (event: BatchWork) => AbortSignal;
  /** How often a step may ask whether it has time before the answer is no. @default always has time */
  readonly stepsBeforeTimeout?: number;
  /** Of one file of results. @default a million */
  readonly inputsAFile?: number;
  /** Of one file of results. @default 2 GiB */
  readonly bytesAFile?: number;
  /** Whether EventBridge reports no ends of jobs. @default reports all */
  readonly losesEvents?: boolean;
  /** Whether jobs begin at once, or only when {@link MemoryCloud.proceed} is called. @default at once */
  readonly startsPaused?: boolean;
}

export type Invocation =
  | { readonly function: 'worker'; readonly event: BatchWork }
  | { readonly function: 'steps'; readonly event: StepEvent };

/** S3 and Step Functions in memory. The engine, the steps and the worker are real. */
export interface MemoryCloud {
  readonly engine: JobEngine;
  readonly buckets: MemoryBuckets;
  /** Of jobs. */
  readonly executions: MemoryExecutions;
  /** Of webhooks: they are recorded and not run. */
  readonly webhooks: MemoryExecutions;
  readonly steps: Steps;
  /** What the worker recorded, batch by batch. */
  readonly batches: readonly BatchRecord[];
  /** Uses a URL that the engine gave, as a client does. */
  request(url: string, init?: RequestInit): Promise<Response>;
  /** Waits until no job runs. */
  settle(): Promise<void>;
  /** Lets paused jobs run. */
  proceed(): void;
}

export function createMemoryCloud({
  models = fakeModels(),
  fetchUrl = () => Promise.reject(new Error('this test fetches nothing')),
  format = formatShortly,
  sources = [],
  beforeInvoke = () => {},
  workerSignal = () => new AbortController().signal,
  stepsBeforeTimeout = Number.POSITIVE_INFINITY,
  inputsAFile,
  bytesAFile,
  losesEvents = false,
  startsPaused = false,
}: MemoryCloudOptions = {}): MemoryCloud {
  const config = readConfig({});
  const buckets = createMemoryBuckets();
  buckets.objects(JOBS_BUCKET);
  const store = buckets(JOBS_BUCKET);
  const batches: BatchRecord[] = [];
  const webhooks = createMemoryExecutions(async () => {});
  const paused = Promise.withResolvers<void>();
  if (!startsPaused) paused.resolve();

  const invoke: Invoke = {
    async worker(event, signal) {
      await beforeInvoke({ function: 'worker', event });
      return worker(event, AbortSignal.any([signal, workerSignal(event)]));
    },
    async steps(event) {
      await beforeInvoke({ function: 'steps', event });
      let asked = 0;
      const result = await steps(event, () => {
        asked += 1;
        return asked < stepsBeforeTimeout;
      });
      // The state machine passes JSON on.
      return JSON.parse(JSON.stringify(result ?? null));
    },
  };
  const executions = createMemoryExecutions(
    async (name, signal, startedAt) => {
      await paused.promise;
      signal.throwIfAborted();
      await runJobMachine(name, buckets, JOBS_BUCKET, invoke, signal, startedAt);
    },
    async (name, end) => {
      if (losesEvents) return;
      const close = () => invoke.steps({ step: 'close', job_id: name as never, end });
      // Lambda calls again, twice.
      await close().catch(close).catch(close);
    },
  );
  const worker = createWorker({
    store,
    buckets,
    sources,
    fetchUrl,
    models,
    bodies: createBudgets(config.budgets).bodies,
    maxImageBytes: 20_000_000,
    format,
    record: (batch) => batches.push(batch),
  });
  const steps = createSteps({
    store,
    buckets,
    sources,
    jobs: executions,
    unsuccessful: executions.unsuccessful,
    webhooks,
    format,
    inputsAFile,
    bytesAFile,
    recordAge: () => {},
  });
  return {
    engine: createCloudEngine({ store, executions, sources, idSalt: 'a salt' }),
    buckets,
    executions,
    webhooks,
    steps,
    batches,
    request: buckets.request,
    settle: executions.settle,
    proceed: paused.resolve,
  };
}

function fakeModels(): Models {
  const config = readConfig({});
  const models = createModels([loadedSource(Promise.resolve(fakeClassifier()))], {
    config,
    budgets: createBudgets(config.budgets),
    queue: createPredictionQueue(),
  });
  models.default.load().catch(() => {});
  return models;
}

const formatShortly: FormatResult = ({ index, input, outcome }) =>
  JSON.stringify({
    index,
    input,
    ...('error' in outcome
      ? { problem: { code: outcome.error.code } }
      : { predictions: outcome.predictions }),
  });

/** Lets everything run that waits for nothing. */
export const turn = (): Promise<void> => delay(0);
