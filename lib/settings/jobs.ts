import { z } from 'zod';
import { integer, integerSetting, orOff, setting, text } from './field.ts';

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
    concurrency: integerSetting(
      1,
      10_000,
      'environments',
      'How many workers classify the images of jobs. Reserved for them, and also their maximum, so that jobs never take environments from requests.',
    ),
    memoryMiB: integerSetting(512, 10_240, 'MiB', 'Of one worker. See memoryMiB.'),
    maxUploadBytes: integerSetting(
      1_000_000,
      100_000_000,
      'bytes',
      'Of one uploaded photo. The sum of what one worker decodes is limited by its memory.',
    ),
    keepDays: setting(
      integer(1, 365, 'days'),
      'days',
      'How long results can be read. Uploads are deleted after a day.',
    ),
    maxHours: setting(
      integer(1, 168, 'hours'),
      'hours',
      'A job that runs longer has failed. What it has done until then can be read.',
    ),
    sources: setting(
      z
        .array(source, 'expected a list of buckets')
        .max(MOST_SOURCES, `expected at most ${MOST_SOURCES} buckets`),
      'list',
      'Buckets, or parts of them such as photos/2026/, that jobs may read: every caller may then classify every object there. A bucket of another account also needs a bucket policy, and one with a KMS key of its own a key policy, for the roles of the stage.',
    ),
  }),
  'an object with concurrency, memoryMiB, maxUploadBytes, keepDays, maxHours and sources',
);

export type Jobs = z.output<typeof jobsSchema>;
/** The settings of a stage that has jobs. */
export type JobsOn = Exclude<Jobs, 'off'>;

/**
 * The longest time between two attempts of a batch to find a free worker, if there is time for as many as are allowed.
 * Each attempt costs a state transition: docs/cost.md, "What a flood can cost".
 */
export const ATTEMPT_SECONDS = 120;
