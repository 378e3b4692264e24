import { MOST_RUNNING_JOBS } from '../../../../lambda/jobs/cloud/admission.ts';
import { firstTierUsd, type PriceBook, type PriceName } from '../../../../lib/prices.ts';
import { ATTEMPT_SECONDS } from '../../../../lib/settings/jobs.ts';
import type { Settings } from '../../../../lib/settings.ts';
import { DAYS_PER_MONTH, GB } from '../bill.ts';
import { onDemandPrice } from '../function.ts';
import { UPLOAD_DAYS } from './uploads.ts';
import { BATCH_SECONDS, S3_OF_BATCH, TRANSITIONS_OF_BATCH } from './volumes.ts';

const SECONDS_PER_DAY = 86_400;

/** The largest upload: a manifest. */
const MOST_UPLOAD_BYTES = 100_000_000;

/** State transitions of an account in a second, in the largest regions: AWS's "Step Functions service quotas". */
const TRANSITIONS_PER_SECOND = 5000;

/** USD for an upload of the largest size, and its storage until S3 deletes it. */
export function uploadUsd(book: PriceBook): number {
  const stored = (MOST_UPLOAD_BYTES / GB) * (UPLOAD_DAYS / DAYS_PER_MONTH);
  return firstTierUsd(book, 's3Put') + stored * firstTierUsd(book, 's3Storage');
}

/**
 * The most that all jobs of a stage cost in a day: the time of its workers, all day, while they do nothing but batches whose
 * inputs fail at once, each with its state transitions and requests to S3. Batches that wait for a worker cost a state
 * transition for each attempt, which comes after half of the longest time on average.
 */
export function jobsUsdPerDay(
  book: PriceBook,
  { architecture, jobs }: Pick<Settings, 'architecture' | 'jobs'>,
): number {
  if (jobs === 'off') return 0;
  const price = (name: PriceName) => firstTierUsd(book, name);
  const { concurrency, memoryMiB } = jobs;
  const { started, states } = TRANSITIONS_OF_BATCH;
  const batches = concurrency / BATCH_SECONDS;
  const attempts = (MOST_RUNNING_JOBS * concurrency) / (ATTEMPT_SECONDS / 2);
  const transitions = Math.min(TRANSITIONS_PER_SECOND, batches * (started + states) + attempts);
  const requests =
    S3_OF_BATCH.puts * price('s3Put') + S3_OF_BATCH.gets * price('s3Get') + price('lambdaRequest');
  const perSecond =
    concurrency * (memoryMiB / 1024) * price(onDemandPrice(architecture)) +
    batches * requests +
    transitions * price('stateTransition');
  return SECONDS_PER_DAY * perSecond;
}
