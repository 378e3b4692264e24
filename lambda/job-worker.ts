import type { Context } from 'aws-lambda';
import { composePrediction } from './compose-prediction.ts';
import { readConfig } from './config.ts';
import { resultLine } from './http/jobs/result-line.ts';
import { workerSignal } from './jobs/cloud/deadline.ts';
import { batchRecorder } from './jobs/cloud/record.ts';
import { readWorkerSettings } from './jobs/cloud/settings.ts';
import { createS3Client, s3Buckets } from './jobs/cloud/storage/s3.ts';
import type { BatchWork, RemainingWork } from './jobs/cloud/work/batch.ts';
import { createWorker } from './jobs/cloud/work/worker.ts';

// The init phase loads the models. No image is to blame if that fails, and each invocation would fail again.
const config = readConfig();
const { bucket, sources } = readWorkerSettings();
const { models, budgets, fetchUrl } = composePrediction(config);
for (const access of models.all) await access.load();
await models.requireDistinct();

const buckets = s3Buckets(createS3Client());
const work = createWorker({
  store: buckets(bucket),
  buckets,
  sources,
  fetchUrl,
  models,
  bodies: budgets.bodies,
  maxImageBytes: config.limits.maxImageBytes,
  format: resultLine,
  record: batchRecorder(config),
});

/** Classifies a part of a batch of a job, for the state machine. */
export const handler = (event: BatchWork, context: Context): Promise<RemainingWork> =>
  work(event, workerSignal(context));
