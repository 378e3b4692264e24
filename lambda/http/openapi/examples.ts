import type { ErrorCode } from '../../errors.ts';
import recorded from './examples.json' with { type: 'json' };

/** Codes whose text depends so much on the cause that some operations need an example of their own. */
const VARIANTS = {
  malformed_http: 'invalid_request',
  batch_too_many_pixels: 'too_many_pixels',
  jobs_off: 'not_found',
  blocked: 'forbidden',
  key_refused: 'forbidden',
  signature_refused: 'forbidden',
  token_refused: 'forbidden',
} as const satisfies Record<string, ErrorCode>;

/** Errors of paths and methods that the document does not have. */
type Undocumented = 'not_found' | 'method_not_allowed';

export type ProblemName = Exclude<ErrorCode, Undocumented> | keyof typeof VARIANTS;

export const codeOf = (name: ProblemName): ErrorCode =>
  name in VARIANTS ? VARIANTS[name as keyof typeof VARIANTS] : (name as ErrorCode);

export type AnswerName = keyof typeof recorded.answers;

/** Successful answers of the service, by operation. `npm run openapi:record` records them. */
export const answers: Readonly<Record<AnswerName, object>> = recorded.answers;

/** Problems that the service and API Gateway answer with. The same command records them. */
export const problems: Readonly<Record<ProblemName, object>> = recorded.problems;
