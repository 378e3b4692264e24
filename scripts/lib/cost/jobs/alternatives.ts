import type { PriceBook } from '../../../../lib/prices.ts';
import type { JobsOn } from '../../../../lib/settings/jobs.ts';
import { charge, requestsPerMonth, sumOf } from '../bill.ts';
import { type Cluster, clusterBill, REPLACED } from '../cluster.ts';
import { type Deployment, deploymentBill } from '../deployment.ts';
import type { DurationModel } from '../durations.ts';
import { usdOfJob } from './job.ts';
import { measuredPhotos } from './photos.ts';
import { bucketJob, MILLION, workerOf } from './stage.ts';
import { type JobTime, jobTime } from './time.ts';
import { uploadCharges } from './uploads.ts';

/** A way to classify a million photos. */
export interface Way {
  readonly name: string;
  readonly usd: number;
  /** Undefined if the traffic decides how long it takes. */
  readonly seconds: number | undefined;
}

/** A job of a million photos in several variants, and the same photos as single requests and on a cluster. */
export function waysOfMillion(
  book: PriceBook,
  deployment: Deployment,
  jobs: JobsOn,
  durations: DurationModel,
): readonly Way[] {
  const { usual, large } = measuredPhotos();
  const worker = workerOf(deployment, jobs);
  const arm = { ...worker, architecture: 'arm64' } as const;
  const job = bucketJob(MILLION, usual, jobs);
  const largeJob = bucketJob(MILLION, large, jobs);
  const time = ({ total }: JobTime) => total;
  const usd = usdOfJob(book, job, worker, durations);
  const seconds = time(jobTime(job, worker, durations));
  const kmsUsd = charge(book, 'storage', 'Keys', 'kmsRequest', MILLION).usd;
  const uploadUsd = sumOf(
    uploadCharges(book, {
      count: MILLION,
      photos: usual,
      lambda: deployment,
      firewall: deployment.wafRules !== 'off',
    }),
  );
  return [
    { name: `Job over a bucket, ${worker.architecture}`, usd, seconds },
    { name: 'The same, arm64', usd: usdOfJob(book, job, arm, durations), seconds },
    {
      name: `The same, photos of ${large.size}`,
      usd: usdOfJob(book, largeJob, worker, durations),
      seconds: time(jobTime(largeJob, worker, durations)),
    },
    { name: 'The same, bucket with a KMS key and without a bucket key', usd: usd + kmsUsd, seconds },
    { name: 'Job over uploads', usd: usd + uploadUsd, seconds },
    { name: '`POST /predict` for each', usd: usdOfRequests(book, deployment, durations), seconds: undefined },
    ...[5, 20, capacityOf(REPLACED)].map((rate) => onCluster(book, rate)),
  ];
}

/** What a million more requests cost on demand, once a stage is there. */
function usdOfRequests(book: PriceBook, deployment: Deployment, durations: DurationModel): number {
  const onDemand: Deployment = { ...deployment, coldStart: { kind: 'on-demand' } };
  const monthly = (requestsPerSecond: number) =>
    deploymentBill(book, onDemand, { requestsPerSecond }, durations).usdPerMonth;
  return ((monthly(6) - monthly(5)) * MILLION) / requestsPerMonth({ requestsPerSecond: 1 });
}

const capacityOf = ({ pods, podCapacity }: Cluster): number => pods.max * podCapacity;

function onCluster(book: PriceBook, requestsPerSecond: number): Way {
  const isFull = requestsPerSecond === capacityOf(REPLACED);
  return {
    name: `EKS, replaced system at ${requestsPerSecond} requests/s all month${isFull ? ', its limit' : ''}`,
    usd: clusterBill(book, REPLACED, { requestsPerSecond }).usdPerMillion ?? Number.NaN,
    seconds: MILLION / requestsPerSecond,
  };
}
