import { ERROR_KINDS, type ErrorCode, type FieldError, type ServiceError } from '../errors.ts';

/** An RFC 9457 problem without the id of the request. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly fields?: readonly FieldError[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Identifies a kind of problem: a name, not an address. The API reference describes each kind. */
export const problemType = (code: ErrorCode): string => `urn:problem-type:image-classification:${code}`;

export function problemBody(error: ServiceError): ProblemBody {
  return {
    type: problemType(error.code),
    title: ERROR_KINDS[error.code].title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    ...(error.fields ? { fields: error.fields } : {}),
  };
}

/** The response that tells a client what went wrong. It holds only what {@link ServiceError} shows to clients. */
export function problemResponse(error: ServiceError, requestId: string): Response {
  const headers = new Headers({
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.allow) headers.set('allow', error.allow.join(', '));
  if (error.challenge) headers.set('www-authenticate', error.challenge);
  return new Response(JSON.stringify({ ...problemBody(error), request_id: requestId }), {
    status: error.status,
    headers,
  });
}
