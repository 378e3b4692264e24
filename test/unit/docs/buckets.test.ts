import { expect, test } from 'vitest';
import { MOST_RUNNING_JOBS } from '../../../lambda/jobs/cloud/admission.ts';
import { readPrices } from '../../../lib/prices.ts';
import { readStage } from '../../../lib/stages.ts';
import { readMeasurement } from '../../../scripts/lib/cost/durations.ts';
import { readInventories } from '../../../scripts/lib/cost/inventory.ts';
import { SMALLEST } from '../../../scripts/lib/cost/jobs/batches.ts';
import { photoSeconds } from '../../../scripts/lib/cost/jobs/job.ts';
import { measuredPhotos } from '../../../scripts/lib/cost/jobs/photos.ts';
import { STARTED_PER_SECOND } from '../../../scripts/lib/cost/jobs/time.ts';
import {
  KEYS_OF_LISTING,
  LISTING_SECONDS,
  TRANSITIONS_OF_BATCH,
} from '../../../scripts/lib/cost/jobs/volumes.ts';
import { bucketTable } from '../../../scripts/lib/cost/report/buckets.ts';
import { jobReportInput } from '../../../scripts/lib/cost/report/document.ts';
import { defaultBasis } from '../../../scripts/lib/cost/stage.ts';
import { checkJobs } from '../../../scripts/lib/preflight/jobs.ts';
import { readRepositoryFile } from '../../support/model.ts';

const guide = Buffer.from(readRepositoryFile('docs/buckets.md')).toString().replace(/\s+/g, ' ');

test('the guide to buckets has the figures of the settings and of the cost model', () => {
  const { jobs } = readStage('prod', {}).settings;
  if (jobs === 'off') throw new Error('expected prod to take jobs');
  expect(guide).toContain(`\`jobs.keepDays\` days, ${jobs.keepDays} by default`);
  expect(guide).toContain(`\`jobs.maxHours\`, ${jobs.maxHours} by default`);
  expect(guide).toContain(`at most ${MOST_RUNNING_JOBS} jobs of a stage at the same time`);
  expect(guide).toContain(`${STARTED_PER_SECOND}/s | The smallest batches have ${SMALLEST} photos`);
  expect(guide).toContain(
    `at most ${(STARTED_PER_SECOND * SMALLEST).toLocaleString('en-US')} photos a second`,
  );
  expect(guide).toContain(`lists ${KEYS_OF_LISTING.toLocaleString('en-US')} objects in each request`);
  expect(guide).toContain(`about ${LISTING_SECONDS} s each`);
  expect(TRANSITIONS_OF_BATCH.started + TRANSITIONS_OF_BATCH.states).toBe(4);
  expect(guide).toContain('Four for each batch');
  const { durations } = defaultBasis('prod');
  const workersOfPrefix = 5500 * photoSeconds(measuredPhotos().usual, jobs.memoryMiB, durations);
  expect(guide).toContain(`bout ${10 * Math.round(workersOfPrefix / 10)} workers`);
});

test('its quotas are those of the preflight', () => {
  const { settings } = readStage('prod', {});
  const foundWith = (concurrency: number, region: string): string => {
    if (settings.jobs === 'off') throw new Error('expected prod to take jobs');
    return checkJobs({ vpc: 'off', jobs: { ...settings.jobs, concurrency } }, region).found;
  };
  expect(guide).toContain('warns above 220 workers');
  expect(foundWith(220, 'eu-central-1')).toContain('within the default quotas');
  expect(foundWith(221, 'eu-central-1')).toContain('photos a second');
  expect(guide).toContain('warns above 800 workers where the quota is 800/s');
  expect(foundWith(800, 'eu-central-1')).not.toContain('state transitions');
  expect(foundWith(801, 'eu-central-1')).toContain('state transitions');
  expect(guide).toContain('5,000/s in us-east-1, us-west-2 and eu-west-1; 800/s elsewhere');
});

test('its table is that of the cost model', () => {
  const stages = [readStage('prod', {})];
  const input = {
    stages,
    prices: readPrices(),
    measurement: readMeasurement(),
    inventories: readInventories(),
  };
  const job = jobReportInput(input);
  if (!job) throw new Error('expected prod to take jobs');
  expect(guide).toContain(bucketTable(job).replace(/\s+/g, ' '));
});
