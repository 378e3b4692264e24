import type { JobsOn } from '../../../../lib/settings/jobs.ts';
import { LARGEST, SMALLEST } from '../jobs/batches.ts';
import type { Photos } from '../jobs/photos.ts';
import { BATCH_SECONDS, LISTING_SECONDS, READ_MS } from '../jobs/volumes.ts';

export const jobsIntroduction = (
  { concurrency, memoryMiB, keepDays }: JobsOn,
  { size, bytes }: Photos,
): string => `A job classifies the photos of a bucket without API Gateway: [docs/buckets.md](buckets.md). This is what a million photos of
${size} pixels (${bytes.toLocaleString('en-US')} bytes) cost in prod, with ${concurrency} workers of ${memoryMiB} MiB, a bucket in the same region, and results that are
kept for ${keepDays} days:`;

export const OTHER_WAYS = `- A *job over uploads* has a request to the API and one to S3 for each photo. These cost more than the classification. For
  many photos, copy them to a bucket of your own and start the job over that.
- *\`POST /predict\`* is what a million more requests cost in prod on demand, with the gateway, the firewall and logs.
- *EKS* is the replaced system, with the share of its monthly cost that a million requests have at that rate, all day and
  all month. At its limit it costs about as much as a job, if it has nothing else to do and is deleted afterwards.`;

export const BATCHES = `A batch is one invocation of a worker. It costs four state transitions, five requests to S3 and about ${BATCH_SECONDS} s of a worker,
in addition to its photos. Small batches therefore cost more. Large ones have two disadvantages: when the last batches
run, the other workers have nothing to do, and a batch must end within Lambda's 15 minutes, even with large photos.
So batches grow with the job, from ${SMALLEST} photos to ${LARGEST.toLocaleString('en-US')}. “Large photos” are those of the table above.`;

export const WORKER_MEMORY = `Below one vCPU the time of a photo falls as fast as the price rises, so memory makes no difference to the cost. Photos of
many megapixels need more memory than the smallest settings have. More than one vCPU makes a single photo faster, but
more workers with one vCPU each are cheaper.

Assumptions about jobs:

- A photo takes as long as \`POST /predict\` does in the measurements below, plus ${READ_MS.each} ms of CPU time to read it from S3
  (${READ_MS.ofMegabyte} ms more for each MB), times the slowdown. Workers read ahead, so they do not wait for S3.
- Step Functions bills one transition for each child execution that a Distributed Map starts
  ([AWS](https://docs.aws.amazon.com/step-functions/latest/dg/concepts-statemachines.html)), and one for each state that it enters: three.
- The bucket is listed in pages of 1,000 objects, each in ${LISTING_SECONDS} s
  ([as reported](https://github.com/aws/aws-sdk-cpp/issues/369)).
- Nothing fails. A batch that fails is billed again for what is repeated.`;
