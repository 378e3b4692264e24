import { STATUS_CODES } from 'node:http';
import type { ServiceError } from '../../errors.ts';
import { PROBLEM_MEDIA_TYPE, problemBody } from '../problem.ts';

/** A whole answer as text, for requests that never reach the app. The connection closes after it. */
export function rawProblem(error: ServiceError, requestId: string): string {
  const body = JSON.stringify({ ...problemBody(error), request_id: requestId });
  const headers = {
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': error.retryAfterSeconds }),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`;
}
