import type { ServiceError } from '../../errors.ts';

/** Whether a path belongs to the Open Inference Protocol, which has its own form of errors. */
export const isProtocolPath = (path: string): boolean => path === '/v2' || path.startsWith('/v2/');

/** What clients get at a path of the protocol where there is nothing, such as that of an extension. */
export const NO_SUCH_PATH =
  'There is nothing here. GET /v2 lists the extensions of the Open Inference Protocol that this service has.';

/**
 * The response that tells a client of the Open Inference Protocol what went wrong. Clients read `error` only.
 * Some compare the content type as text, so it has no parameter.
 */
export function protocolErrorResponse(error: ServiceError, requestId: string): Response {
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.allow) headers.set('allow', error.allow.join(', '));
  return new Response(JSON.stringify({ error: error.detail }), { status: error.status, headers });
}
