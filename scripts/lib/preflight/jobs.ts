import type { Settings } from '../../../lib/settings.ts';
import { type Finding, ok, warn } from '../findings/finding.ts';

/**
 * State transitions a second of an account, by default: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html,
 * "Quotas related to state throttling".
 */
const TRANSITIONS_PER_SECOND = { large: 5000, others: 800 } as const;
const LARGE_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
/** Reads a second of one prefix: docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html. */
const READS_PER_SECOND = 5500;

/** A photo takes a worker with one vCPU at least this long, and the shortest batches of a bucket have 100. */
const PHOTO_SECONDS = 0.04;
const SHORTEST_BATCH_SECONDS = 100 * PHOTO_SECONDS;
/** To start the execution of a batch, to classify it, to ask for more and to end. */
const TRANSITIONS_PER_BATCH = 4;

/**
 * Compares the workers with the quotas that AWS gives every account. The API of quotas would need a permission that nothing
 * else needs here.
 */
export function checkJobs({ jobs, vpc }: Pick<Settings, 'jobs' | 'vpc'>, region: string): Finding {
  if (jobs === 'off') return ok('no jobs');
  const { concurrency } = jobs;
  const allowed = TRANSITIONS_PER_SECOND[LARGE_REGIONS.includes(region) ? 'large' : 'others'];
  const transitions = Math.ceil((concurrency * TRANSITIONS_PER_BATCH) / SHORTEST_BATCH_SECONDS);
  if (transitions > allowed) {
    return warn(
      `${concurrency} workers may need ${transitions} state transitions a second; ${region} allows an account ${allowed} by default`,
      'Jobs then take longer. Ask for more in Service Quotas ("StateTransition throttle token refill rate"), or lower jobs.concurrency.',
    );
  }
  const reads = Math.ceil(concurrency / PHOTO_SECONDS);
  if (reads > READS_PER_SECOND) {
    return warn(
      `${concurrency} workers may read ${reads} photos a second; S3 allows ${READS_PER_SECOND} for one prefix at first`,
      'This is fine if the photos are spread over several prefixes. If not, S3 slows the workers down until it has adapted.',
    );
  }
  if (vpc !== 'off') {
    return warn(
      'the service and the workers are in a VPC, from where they need to reach S3 and Step Functions',
      'Give the VPC a gateway endpoint of S3, and an interface endpoint of Step Functions (states) or a NAT gateway.',
    );
  }
  return ok(`${concurrency} workers, within the default quotas of Step Functions and S3`);
}
