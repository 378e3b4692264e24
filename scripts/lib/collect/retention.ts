import type { Jobs } from '../../../lib/settings/jobs.ts';

/**
 * A failed execution can be redriven for so long, and then goes on with the versions that it began with:
 * docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
 */
const REDRIVE_DAYS = 14;
/** Between the publication of a version and the update of the state machine that names it: the rest of a deployment. */
const DEPLOYMENT_DAYS = 1;
const HOURS_PER_DAY = 24;

/**
 * For how many days a job may need a version that the state machine no longer names: until it times out, until its last redrive,
 * and until that one times out, which has the whole time again. Zero without jobs.
 */
export const daysOfJobs = (jobs: Jobs): number =>
  jobs === 'off' ? 0 : Math.ceil((2 * jobs.maxHours) / HOURS_PER_DAY) + REDRIVE_DAYS + DEPLOYMENT_DAYS;
