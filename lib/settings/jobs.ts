import { z } from 'zod';
import { integer, orOff, text } from './field.ts';

/** What Lambda allows for the environment variables of a function, 4 KB, has to hold all of them. */
const MOST_SOURCES = 10;
const MOST_SOURCE_CHARACTERS = 150;

/** S3's own rules for names of buckets, and characters of keys that mean nothing to IAM or to a list with commas. */
const SOURCE = 'expected a bucket, or a bucket and a prefix, such as photos or photos/2026/';
const source = text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w!.'()=+@:/-]*)?$/, SOURCE).max(
  MOST_SOURCE_CHARACTERS,
  `expected at most ${MOST_SOURCE_CHARACTERS} characters`,
);

/** Uploads, jobs and whole buckets. docs/jobs.md */
export const jobsSchema = orOff(
  z.strictObject({
    concurrency: integer(1, 10_000, 'environments').describe(
      'Workers. This concurrency is reserved for jobs, and is also their maximum.',
    ),
    memoryMiB: integer(512, 10_240, 'MiB').describe('The memory of one worker.'),
    maxUploadBytes: integer(1_000_000, 100_000_000, 'bytes').describe('The size of one photo.'),
    keepDays: integer(1, 365, 'days').describe(
      'How long results are kept: at least a day longer than `maxHours`. Uploads are kept for a day.',
    ),
    maxHours: integer(1, 168, 'hours').describe('A job that runs longer has failed.'),
    sources: z
      .array(source, 'expected a list')
      .max(MOST_SOURCES, `expected at most ${MOST_SOURCES} buckets`)
      .describe(
        `Buckets that jobs may read, each with an optional prefix: at most ${MOST_SOURCES}. Every caller may classify all of their objects.`,
      ),
  }),
  'an object with concurrency, memoryMiB, maxUploadBytes, keepDays, maxHours and sources',
);

/** The share of the workers that one job may take. The others are for the jobs that come after it. */
const SHARE_OF_ONE_JOB = 0.9;

/** How many batches of one job are classified at the same time. @param concurrency workers of the stage */
export const batchesAtOnce = (concurrency: number): number =>
  Math.max(1, Math.floor(concurrency * SHARE_OF_ONE_JOB));

export type Jobs = z.output<typeof jobsSchema>;
/** The settings of a stage that has jobs. */
export type JobsOn = Exclude<Jobs, 'off'>;

/**
 * The longest time between two attempts of a batch to find a free worker, if there is time for as many as are allowed.
 * Each attempt costs a state transition: docs/cost.md, "What a flood can cost".
 */
export const ATTEMPT_SECONDS = 120;
