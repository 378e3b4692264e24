import type { ErrorCode } from '../../errors.ts';
import recorded from './examples.json' with { type: 'json' };

/** Codes whose text depends so much on the cause that some operations need an example of their own. */
const VARIANTS = {
  malformed_http: 'invalid_request',
  batch_too_many_pixels: 'too_many_pixels',
  jobs_off: 'not_found',
  upload_invalid: 'invalid_request',
  upload_too_large: 'image_too_large',
  upload_storage_full: 'storage_full',
  job_invalid: 'invalid_request',
  job_too_large: 'image_too_large',
  job_webhook_not_allowed: 'url_not_allowed',
  job_storage_full: 'storage_full',
  job_query_invalid: 'invalid_request',
  results_query_invalid: 'invalid_request',
  blocked: 'forbidden',
  key_refused: 'forbidden',
  signature_refused: 'forbidden',
  token_refused: 'forbidden',
} as const satisfies Record<string, ErrorCode>;

/** Errors of paths and methods that the document does not have. */
type Undocumented = 'not_found' | 'method_not_allowed';

/** Codes of which every example is a variant. */
type OnlyVariants = 'storage_full';

export type ProblemName = Exclude<ErrorCode, Undocumented | OnlyVariants> | keyof typeof VARIANTS;

export const codeOf = (name: ProblemName): ErrorCode =>
  name in VARIANTS ? VARIANTS[name as keyof typeof VARIANTS] : (name as ErrorCode);

export type AnswerName = keyof typeof recorded.answers;

/** Successful answers of the service, by operation. `npm run openapi:record` records them. */
export const answers: Readonly<Record<AnswerName, object>> = recorded.answers;

/** Problems that the service and API Gateway answer with. The same command records them. */
export const problems: Readonly<Record<ProblemName, object>> = recorded.problems;

/** The name of an example in {@link problems}. */
export const nameOf = (example: object): ProblemName | undefined =>
  (Object.keys(problems) as ProblemName[]).find((name) => problems[name] === example);
