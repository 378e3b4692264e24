import type { PriceBook } from '../../../../lib/prices.ts';
import { type Charge, charge, HOURS_PER_MONTH } from '../bill.ts';
import { type Architecture, onDemandPrice } from '../function.ts';
import { STEPS_MEMORY_MIB } from './volumes.ts';

/** How often the age of the oldest job is measured: lib/constructs/jobs/steps-calls.ts. */
export const AGES_PER_HOUR = 12;
/** One or two requests to Step Functions. */
const AGE_SECONDS = 0.2;
/** `OldestJobMinutes`. The other metrics of jobs have values while jobs run. */
const STANDING_METRICS = 1;

export interface StandingJobs {
  readonly architecture: Architecture;
  readonly jobs: boolean;
  readonly secrets: number;
}

/** What a stage that takes jobs costs while none runs, without the alarms, which are counted with the others. */
export function standingJobCharges(
  book: PriceBook,
  { architecture, jobs, secrets }: StandingJobs,
): readonly Charge[] {
  const seconds = jobs ? AGES_PER_HOUR * HOURS_PER_MONTH * AGE_SECONDS : 0;
  const duration = seconds * (STEPS_MEMORY_MIB / 1024);
  return [
    charge(book, 'observability', 'Age of the oldest job', onDemandPrice(architecture), duration),
    charge(book, 'observability', 'Metrics of jobs', 'customMetric', jobs ? STANDING_METRICS : 0),
    charge(book, 'storage', 'Secrets', 'secret', secrets),
  ];
}
