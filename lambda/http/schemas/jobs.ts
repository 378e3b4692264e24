import { z } from '@hono/zod-openapi';
import { JOB_STATUSES } from '../../jobs/engine.ts';
import { predictionOptions } from '../options/prediction.ts';
import { modelChoiceText } from '../options/values.ts';
import type { ReadonlyDeep } from '../serve-route.ts';
import { inputUrl, jobId, MAX_URL_CHARACTERS, uploadId } from './job-inputs.ts';

export const MAX_JOB_INPUTS = 1000;
/** `s3://`, the name of a bucket and a prefix of 1024 bytes. */
export const MAX_SOURCE_CHARACTERS = 1100;

/** The options of a job, which are checked as those of a prediction are. */
export const jobOptions = z.strictObject({
  ...predictionOptions.json.shape,
  model: modelChoiceText.optional().openapi({
    description:
      'The name of a model, or `NAME@VERSION`, as GET /models lists them. The default model if it is left out.',
  }),
  webhook: z.string().min(1).max(MAX_URL_CHARACTERS).optional().openapi({
    format: 'uri',
    description:
      'An https URL that gets the summary of the job when it ends, as Standard Webhooks describe it.',
    example: 'https://example.com/hooks/classified',
  }),
});

const input = z
  .union([
    z.strictObject({ upload_id: uploadId }).openapi('UploadedInput'),
    z.strictObject({ url: inputUrl }).openapi('UrlInput'),
  ])
  .openapi('JobInput');

const source = z
  .union([
    z.string().max(MAX_SOURCE_CHARACTERS).openapi('BucketSource', {
      description: 'All objects of an S3 bucket whose names begin with a prefix.',
      example: 's3://photos/2026/',
    }),
    z.strictObject({ manifest: uploadId }).openapi('ManifestSource', {
      description: 'An uploaded list with one input a line: `https://…`, `s3://…` or the id of an upload.',
    }),
  ])
  .openapi('JobSource');

export const jobBody = z
  .strictObject({
    inputs: z.array(input).min(1).max(MAX_JOB_INPUTS).optional(),
    source: source.optional(),
    ...jobOptions.shape,
  })
  .openapi('JobRequest', { description: 'Either `inputs` or `source`.' });

const count = z.number().int().nonnegative();
const time = z.iso.datetime();

export const job = z
  .object({
    job_id: jobId,
    status: z.enum(JOB_STATUSES).openapi('JobStatus'),
    counts: z.object({ total: count, succeeded: count, failed: count, pending: count }).openapi('JobCounts', {
      description:
        'Of inputs. `total` is the sum of the others, and 0 while the inputs of a list or a bucket are counted.',
    }),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    results: z
      .object({
        url: z.string().openapi({
          format: 'uri',
          description:
            'Of the first part. On AWS it is a presigned URL of S3, which needs no credentials. On the HTTP server it is that of ' +
            'GET /jobs/{job_id}/results.',
        }),
        parts: z.number().int().min(1).openapi({
          description: 'Each has the results of up to a million inputs, and about 2 GiB at most.',
        }),
        expires_at: time.openapi({
          description:
            'Until then the URL works. On AWS GET /jobs/{job_id} gives a new one, as long as the results are kept.',
        }),
      })
      .optional()
      .openapi('JobResultsLink', { description: 'Once the job has ended.' }),
    reason: z.string().optional().openapi({
      description: 'Why the job itself failed, such as a bucket that cannot be read, or why it waits.',
    }),
  })
  .openapi('Job', {
    description: 'An input that cannot be classified is a result, and does not fail the job.',
  });
export type JobAnswer = ReadonlyDeep<z.infer<typeof job>>;
