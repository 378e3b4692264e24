import { type ErrorCode, ServiceError } from '../../../lambda/errors.ts';
import { problemBody } from '../../../lambda/http/problem.ts';

/** The id of the requests whose problems are not recorded from a running service. */
export const REQUEST_ID = '3f1d7a52-6c0e-4b6f-9a34-1d2f5b8c7e90';

/** Problems of uploads and jobs. They depend on what is stored, so the examples are fixed. */
export const jobProblems = {
  upload_not_found: of(
    'upload_not_found',
    'Expected the id of an uploaded file of the last 24 hours, got "upl_0f8fad5bd9cb469fa16570867728950e".',
  ),
  job_not_found: of('job_not_found', 'Expected the id of a job, got "job_7c9e6679f78c4b0f8a5d0f1b2c3d4e5f".'),
  results_not_ready: of('results_not_ready', 'The job has not ended. Try again.'),
  source_not_allowed: of(
    'source_not_allowed',
    'Expected a bucket that jobs may read, got "s3://photos/2026/".',
  ),
  idempotency_key_reused: of(
    'idempotency_key_reused',
    'Expected the request that the idempotency key was used with, got another one.',
  ),
  storage_full: of('storage_full', 'There is no room for the file. Try again later, or delete jobs.'),
} as const;

function of(code: ErrorCode, detail: string): object {
  return { ...problemBody(new ServiceError(code, detail)), request_id: REQUEST_ID };
}
