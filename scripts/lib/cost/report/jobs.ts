import type { BatchSize } from '../../../../lambda/jobs/cloud/prepare/batches.ts';
import type { PriceBook } from '../../../../lib/prices.ts';
import { JOB_STEPS_CONCURRENCY, WEBHOOK_CONCURRENCY } from '../../../../lib/settings/concurrency.ts';
import type { JobsOn } from '../../../../lib/settings/jobs.ts';
import { markdownTable } from '../../generated/markdown.ts';
import type { LineChart } from '../../plot/line-chart.ts';
import { sumOf } from '../bill.ts';
import type { Deployment } from '../deployment.ts';
import type { DurationModel } from '../durations.ts';
import { waysOfMillion } from '../jobs/alternatives.ts';
import { batchesOf, fixedSize, OWN_SIZE } from '../jobs/batches.ts';
import { jobCharges, usdOfJob } from '../jobs/job.ts';
import { measuredPhotos, type Photos } from '../jobs/photos.ts';
import { bucketJob, MILLION, workerOf } from '../jobs/stage.ts';
import { jobTime } from '../jobs/time.ts';
import { tuneWorker } from '../jobs/tuning.ts';
import { quantityText, usd } from './cells.ts';
import { BATCHES, jobsIntroduction, OTHER_WAYS, WORKER_MEMORY } from './jobs-text.ts';
import { timeText } from './time.ts';

const COMPARED_SIZES = [100, 250, 500, 1000, 2000, 5000];
const PLOTTED_SIZES = [50, 100, 200, 500, 1000, 2000, 5000];

export interface JobReportInput {
  readonly prices: PriceBook;
  readonly deployment: Deployment;
  readonly jobs: JobsOn;
  readonly durations: DurationModel;
}

/** What a job of a million photos costs, in Markdown. */
export function jobSection(input: JobReportInput): string {
  const { prices, deployment, jobs, durations } = input;
  const { usual, large } = measuredPhotos();
  const job = bucketJob(MILLION, usual, jobs);
  const worker = workerOf(deployment, jobs);
  const charges = jobCharges(prices, job, worker, durations);
  return [
    '## A job of a million photos',
    jobsIntroduction(jobs, usual),
    markdownTable(
      ['Charge', 'Quantity', 'USD'],
      [
        ...charges.map(({ name, quantity, usd: amount }) => [name, quantityText(quantity), usd(amount)]),
        ['**Total**', '', `**${usd(sumOf(charges))}**`],
      ],
    ),
    '### The same photos in another way',
    markdownTable(
      ['A million photos', 'USD', 'Time'],
      waysOfMillion(prices, deployment, jobs, durations).map((way) => [
        way.name,
        usd(way.usd),
        way.seconds === undefined ? 'as long as the client takes' : timeText(way.seconds),
      ]),
    ),
    OTHER_WAYS,
    '### The size of a batch',
    batchTable(input, usual, large),
    BATCHES,
    '![Cost of a million photos by the size of the batches](cost/batches.svg)',
    '### Memory of the workers',
    workerTable(input, usual),
    WORKER_MEMORY,
  ].join('\n\n');
}

function batchTable({ prices, deployment, jobs, durations }: JobReportInput, usual: Photos, large: Photos) {
  const worker = workerOf(deployment, jobs);
  const most = { ...worker, concurrency: MOST_WORKERS };
  const row = (name: string, batchSize: BatchSize) => {
    const job = { ...bucketJob(MILLION, usual, jobs), batchSize };
    const { longestBatch } = jobTime({ ...job, photos: large }, worker, durations);
    return [
      name,
      quantityText(batchesOf(batchSize, MILLION).count),
      usd(usdOfJob(prices, job, worker, durations)),
      timeText(jobTime(job, worker, durations).classify),
      timeText(jobTime(job, most, durations).classify),
      timeText(longestBatch),
    ];
  };
  return markdownTable(
    [
      'Photos in a batch',
      'Batches in a million',
      'USD a million',
      `Classified by ${worker.concurrency} workers in`,
      `by ${MOST_WORKERS} workers in`,
      'Longest batch, large photos',
    ],
    [
      ...COMPARED_SIZES.map((size) => row(size.toLocaleString('en-US'), fixedSize(size))),
      [...row('**growing**', OWN_SIZE)],
    ],
  );
}

/** What is left of an account's default concurrency of 1,000, of which AWS keeps 100 unreserved. */
export const MOST_WORKERS = 900 - JOB_STEPS_CONCURRENCY - WEBHOOK_CONCURRENCY;

function workerTable({ prices, deployment, jobs, durations }: JobReportInput, usual: Photos): string {
  const { options, cheapest, fastest } = tuneWorker(prices, deployment, jobs, usual, durations);
  return markdownTable(
    ['Memory MiB', 'vCPUs', 'ms a photo', 'Photos/s of one worker', 'USD a million', ''],
    options.map((option) => [
      option.memoryMiB,
      option.vcpus.toFixed(2),
      (1000 * option.photoSeconds).toFixed(0),
      (1 / option.photoSeconds).toFixed(1),
      usd(option.usd),
      [
        ...(option === cheapest ? ['cheapest'] : []),
        ...(option === fastest ? ['fastest'] : []),
        ...(option.memoryMiB === jobs.memoryMiB ? ['prod'] : []),
        ...(option.isExtrapolated ? ['extrapolated'] : []),
      ].join(', '),
    ]),
  );
}

/** A million photos in batches of one size, on both architectures. */
export function batchChart({ prices, deployment, jobs, durations }: JobReportInput): LineChart {
  const worker = workerOf(deployment, jobs);
  const { usual } = measuredPhotos();
  const usdOf = (size: number, architecture: 'x86_64' | 'arm64') =>
    usdOfJob(
      prices,
      { ...bucketJob(MILLION, usual, jobs), batchSize: fixedSize(size) },
      { ...worker, architecture },
      durations,
    );
  return {
    title: 'A million photos of a bucket, in USD',
    subtitle: `Lower is better. Workers with ${worker.memoryMiB} MiB.`,
    xTitle: 'Photos in a batch',
    xAxis: 'points',
    yAxis: 'linear',
    series: (['x86_64', 'arm64'] as const).map((architecture, index) => ({
      name: architecture,
      isMain: index === 0,
      points: PLOTTED_SIZES.map((size) => [size, usdOf(size, architecture)] as const),
    })),
  };
}
