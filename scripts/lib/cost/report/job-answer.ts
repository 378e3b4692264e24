import type { PriceBook } from '../../../../lib/prices.ts';
import type { JobsOn } from '../../../../lib/settings/jobs.ts';
import { type Charge, sumOf } from '../bill.ts';
import type { DurationModel } from '../durations.ts';
import { jobCharges, type Worker } from '../jobs/job.ts';
import { measuredPhotos, type Photos } from '../jobs/photos.ts';
import { bucketJob, MILLION, workerOf } from '../jobs/stage.ts';
import { type JobTime, jobTime } from '../jobs/time.ts';
import { quantityText, usd } from './cells.ts';
import { textTable } from './terminal.ts';
import { timeText } from './time.ts';

/** What a job over a bucket of a million photos costs a stage, and how long it takes. */
export interface JobAnswer {
  readonly photos: Photos;
  readonly worker: Worker;
  readonly charges: readonly Charge[];
  readonly usd: number;
  readonly time: JobTime;
}

export function jobAnswer(
  book: PriceBook,
  stage: Pick<Worker, 'architecture'>,
  jobs: JobsOn,
  durations: DurationModel,
): JobAnswer {
  const photos = measuredPhotos().usual;
  const worker = workerOf(stage, jobs);
  const job = bucketJob(MILLION, photos, jobs);
  const charges = jobCharges(book, job, worker, durations);
  return { photos, worker, charges, usd: sumOf(charges), time: jobTime(job, worker, durations) };
}

export function formatJob({ photos, worker, charges, usd: total, time }: JobAnswer): string {
  return [
    `A job of a million photos of a bucket (${photos.size} pixels): ${worker.concurrency} workers of ${worker.memoryMiB} MiB, ` +
      `${timeText(time.total)}, ${Math.round(time.photosPerSecond)} photos/s`,
    textTable(
      ['charge', 'quantity', 'USD'],
      [
        ...charges.map((one) => [`${one.group}: ${one.name}`, quantityText(one.quantity), usd(one.usd)]),
        ['a million photos', '', usd(total)],
      ],
    ),
  ].join('\n\n');
}
