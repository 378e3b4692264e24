import { markdownTable } from '../../generated/markdown.ts';
import { usdOfJob } from '../jobs/job.ts';
import { measuredPhotos } from '../jobs/photos.ts';
import { bucketJob, workerOf } from '../jobs/stage.ts';
import { jobTime } from '../jobs/time.ts';
import { quantityText } from './cells.ts';
import type { JobReportInput } from './jobs.ts';
import { MOST_WORKERS } from './jobs.ts';
import { timeText } from './time.ts';

const COUNTS = [1_000_000, 100_000_000] as const;
const WORKERS = [50, 200, 500, MOST_WORKERS];

/** How long jobs over buckets of a million and of a hundred million photos take, and what they cost, in Markdown. */
export function bucketTable({ prices, deployment, jobs, durations }: JobReportInput): string {
  const photos = measuredPhotos().usual;
  const rows = COUNTS.flatMap((count) => {
    const job = bucketJob(count, photos, jobs);
    return WORKERS.map((concurrency) => {
      const worker = workerOf(deployment, { ...jobs, concurrency });
      const { prepare, classify, merge, total, photosPerSecond } = jobTime(job, worker, durations);
      return [
        count.toLocaleString('en-US'),
        concurrency,
        quantityText(Math.round(photosPerSecond)),
        ...[prepare, classify, merge, total].map(timeText),
        usdOfJob(prices, job, worker, durations).toFixed(2),
      ];
    });
  });
  return markdownTable(['Photos', 'Workers', 'Photos/s', 'List', 'Classify', 'Merge', 'Total', 'USD'], rows);
}
