import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ERROR_KINDS, type ErrorCode } from '../../../lambda/errors.ts';
import { PROBLEM_MEDIA_TYPE, problemType } from '../../../lambda/http/problem.ts';

interface Answer {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** Keeps the status that API Gateway chose, which the body then cannot name. */
  readonly keepsStatus?: true;
}

const FAILED = 'The service could not answer. Quote the request id when you report it.';
const NO_ACCESS = 'Expected no credentials but an API key in the header x-api-key.';
const TOO_LARGE =
  'Expected at most 6 MB as the gateway passes it on, base64-encoded: that leaves 4.5 MB for an image.';

/** What API Gateway answers in the service's place, in the service's words. An empty token bucket refills in a second. */
const ANSWERS: readonly (readonly [ResponseType, Answer])[] = [
  [
    // What a REST API says of a path or a method that it does not have.
    ResponseType.MISSING_AUTHENTICATION_TOKEN,
    { code: 'not_found', detail: 'Nothing answers this method at this path. The API is described at /docs.' },
  ],
  [ResponseType.RESOURCE_NOT_FOUND, { code: 'not_found', detail: 'There is nothing at this path.' }],
  [
    ResponseType.INVALID_API_KEY,
    { code: 'forbidden', detail: 'Expected a valid API key in the header x-api-key.' },
  ],
  [ResponseType.ACCESS_DENIED, { code: 'forbidden', detail: NO_ACCESS }],
  [ResponseType.INVALID_SIGNATURE, { code: 'forbidden', detail: NO_ACCESS }],
  [ResponseType.EXPIRED_TOKEN, { code: 'forbidden', detail: NO_ACCESS }],
  [
    ResponseType.WAF_FILTERED,
    {
      code: 'forbidden',
      detail:
        'The firewall refused the request: for what it holds, for the address it comes from, or for too many requests from that address.',
    },
  ],
  [
    ResponseType.THROTTLED,
    { code: 'rate_limited', detail: 'Too many requests in a second.', retryAfterSeconds: 1 },
  ],
  [
    ResponseType.QUOTA_EXCEEDED,
    {
      code: 'rate_limited',
      detail: 'The API key has used up its requests of the day.',
      retryAfterSeconds: 3600,
    },
  ],
  [ResponseType.REQUEST_TOO_LARGE, { code: 'image_too_large', detail: TOO_LARGE }],
  [
    ResponseType.UNSUPPORTED_MEDIA_TYPE,
    { code: 'unsupported_media_type', detail: 'The gateway does not pass this content type on.' },
  ],
  [
    ResponseType.BAD_REQUEST_PARAMETERS,
    { code: 'invalid_request', detail: 'A required parameter is missing. The API is described at /docs.' },
  ],
  [
    ResponseType.BAD_REQUEST_BODY,
    {
      code: 'invalid_request',
      detail: 'The body is not what the operation takes. The API is described at /docs.',
    },
  ],
  [
    ResponseType.INTEGRATION_TIMEOUT,
    { code: 'gateway_timeout', detail: 'The service did not answer within 29 s.' },
  ],
  [ResponseType.INTEGRATION_FAILURE, { code: 'internal', detail: FAILED }],
  [ResponseType.API_CONFIGURATION_ERROR, { code: 'internal', detail: FAILED }],
  // A function that crashes, times out or has no concurrency left is one of these. 502, which API Gateway would say of a
  // crash, means another thing in this API: an image that could not be fetched.
  [ResponseType.DEFAULT_5XX, { code: 'internal', detail: FAILED }],
  // Lambda's refusal of more than 6 MB is a 413 whose response type is not documented: it may come here.
  [
    ResponseType.DEFAULT_4XX,
    { code: 'invalid_request', detail: `The gateway refused the request. ${TOO_LARGE}`, keepsStatus: true },
  ],
];

/**
 * Gives API Gateway's own errors the form of the service's: a problem with a stable `code` and the request's id.
 * More than 10 MB is refused in plain text before any of these apply.
 *
 * @param options.crossOrigin whether pages of other origins may read them. Of any origin: a header here is one fixed text
 * for every request, and an error holds nothing but what its sender did.
 */
export function addGatewayResponses(api: RestApi, { crossOrigin }: { readonly crossOrigin: boolean }): void {
  for (const [type, answer] of ANSWERS) {
    const { code, detail, retryAfterSeconds, keepsStatus } = answer;
    const { status, title } = ERROR_KINDS[code];
    // Our own words: the gateway's may repeat what was sent, and nothing here would escape it.
    const body = {
      type: problemType(code),
      title,
      ...(keepsStatus ? {} : { status }),
      detail,
      code,
      request_id: '$context.requestId',
    };
    api.addGatewayResponse(type.responseType, {
      type,
      ...(keepsStatus ? {} : { statusCode: String(status) }),
      // The template of this type serves whatever a request accepts; the header says what it is.
      templates: { 'application/json': JSON.stringify(body) },
      responseHeaders: {
        'Content-Type': `'${PROBLEM_MEDIA_TYPE}'`,
        'Cache-Control': "'no-store'",
        'X-Request-Id': 'context.requestId',
        ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': `'${retryAfterSeconds}'` }),
        ...(crossOrigin
          ? {
              'Access-Control-Allow-Origin': "'*'",
              'Access-Control-Expose-Headers': "'x-request-id,retry-after'",
            }
          : {}),
      },
    });
  }
}
