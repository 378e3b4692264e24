import { ERROR_KINDS, type ErrorCode } from '../../../lambda/errors.ts';
import { problemType } from '../../../lambda/http/problem.ts';
import type { AuthKind } from '../../settings/auth.ts';

interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** Sent as `WWW-Authenticate`. */
  readonly challenge?: string;
  /** Whether API Gateway chooses between several statuses, so that the body cannot name one. */
  readonly severalStatuses?: true;
}

const FAILED = 'The service could not answer. Quote the request id when you report it.';
const TOO_LARGE =
  'Expected a request of at most 6 MB after base64 encoding, which leaves 4.5 MB for an image.';

/** What a caller of predictions needs, by the stage's setting `auth`. */
const EXPECTED_OF_CALLERS = {
  off: 'Expected no credentials.',
  'api-key': 'Expected no credentials other than an API key in the header x-api-key.',
  iam: 'Expected a request signed with AWS credentials (Signature Version 4, service execute-api), of a principal that may invoke this method.',
  jwt: 'Expected an access token with a scope that allows predictions.',
} as const satisfies Record<AuthKind | 'off', string>;

/** API Gateway's response types, and what each tells the client. The token bucket refills within a second. */
const refusals = (kind: AuthKind | 'off'): Readonly<Record<string, Refusal>> => ({
  MISSING_AUTHENTICATION_TOKEN: noSuchMethod(kind),
  RESOURCE_NOT_FOUND: { code: 'not_found', detail: 'There is nothing at this path.' },
  INVALID_API_KEY: { code: 'forbidden', detail: 'Expected a valid API key in the header x-api-key.' },
  ACCESS_DENIED: { code: 'forbidden', detail: EXPECTED_OF_CALLERS[kind] },
  INVALID_SIGNATURE: { code: 'forbidden', detail: EXPECTED_OF_CALLERS[kind] },
  EXPIRED_TOKEN: { code: 'forbidden', detail: EXPECTED_OF_CALLERS[kind] },
  WAF_FILTERED: {
    code: 'forbidden',
    detail:
      'The firewall blocked the request because of its content, its address, or too many requests from that address.',
  },
  THROTTLED: { code: 'rate_limited', detail: 'Too many requests per second.', retryAfterSeconds: 1 },
  QUOTA_EXCEEDED: {
    code: 'rate_limited',
    detail: 'The daily quota of the API key is used up.',
    retryAfterSeconds: 3600,
  },
  REQUEST_TOO_LARGE: { code: 'image_too_large', detail: TOO_LARGE },
  UNSUPPORTED_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    detail: 'The gateway does not accept this content type.',
  },
  BAD_REQUEST_PARAMETERS: {
    code: 'invalid_request',
    detail: 'A required parameter is missing. The API is described at /docs.',
  },
  BAD_REQUEST_BODY: {
    code: 'invalid_request',
    detail: 'The body does not have the form that this path expects. The API is described at /docs.',
  },
  ...(kind === 'jwt' ? TOKEN_REFUSALS : {}),
  // The codes from here to DEFAULT_5XX must have the status that API Gateway chooses itself:
  // docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html.
  INTEGRATION_TIMEOUT: { code: 'gateway_timeout', detail: 'The service did not answer within 29 seconds.' },
  INTEGRATION_FAILURE: {
    code: 'gateway_timeout',
    detail: 'The gateway got no answer from the service. Quote the request id when you report it.',
  },
  API_CONFIGURATION_ERROR: { code: 'internal', detail: FAILED },
  // 502 for a function that crashes or times out; 500 if it has no concurrency left or may not be invoked.
  DEFAULT_5XX: { code: 'internal', detail: FAILED, severalStatuses: true },
  // One status for all others: a body template cannot name the status that API Gateway chose, and every
  // problem has one. Lambda refuses more than 6 MB with a response type that AWS does not document, so the
  // text says what fits.
  DEFAULT_4XX: { code: 'invalid_request', detail: `The gateway refused the request. ${TOO_LARGE}` },
});

/**
 * The answer of a REST API for a path or a method that it does not have, and for an unsigned request to a
 * method that needs a signature. With signatures it keeps API Gateway's 403, because the caller's mistake is
 * more often the second.
 */
function noSuchMethod(kind: AuthKind | 'off'): Refusal {
  if (kind === 'iam') {
    return { code: 'forbidden', detail: `${EXPECTED_OF_CALLERS.iam} Paths are described at /docs.` };
  }
  return {
    code: 'not_found',
    detail: 'There is nothing at this path for this method. The API is described at /docs.',
  };
}

/** The answers of an authorizer. Those with 5xx keep the status that API Gateway chooses. */
const TOKEN_REFUSALS = {
  UNAUTHORIZED: {
    code: 'unauthorized',
    detail: 'Expected a valid access token in the header Authorization, after the word Bearer.',
    // RFC 9110, section 11.6.1: an answer with 401 names the scheme.
    challenge: 'Bearer',
  },
  AUTHORIZER_FAILURE: { code: 'internal', detail: `The access token could not be checked. ${FAILED}` },
  AUTHORIZER_CONFIGURATION_ERROR: {
    code: 'internal',
    detail: `The access token could not be checked. ${FAILED}`,
  },
} as const satisfies Record<string, Refusal>;

/** An error of API Gateway in the form of the service's own. */
export interface GatewayProblem {
  /**
   * Replaces API Gateway's status; undefined keeps it. A 5xx must keep it: API Gateway counts a gateway
   * response with a modified status as 4XXError (docs/adr/0023).
   */
  readonly statusCode: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly challenge: string | undefined;
  /** The template of the body: a problem, in which API Gateway puts the id of the request. */
  readonly body: {
    readonly type: string;
    readonly title: string;
    /** RFC 9457 makes it optional, and lets it only repeat the real status. */
    readonly status?: number;
    readonly detail: string;
    readonly code: ErrorCode;
    readonly request_id: '$context.requestId';
  };
}

/**
 * API Gateway's errors by their response type. Our own words: the gateway's may repeat what the client sent,
 * and nothing would escape it.
 */
export function gatewayProblems(kind: AuthKind | 'off'): ReadonlyMap<string, GatewayProblem> {
  return new Map(Object.entries(refusals(kind)).map(([type, refusal]) => [type, problemOf(refusal)]));
}

function problemOf({ code, detail, retryAfterSeconds, challenge, severalStatuses }: Refusal): GatewayProblem {
  const { status, title } = ERROR_KINDS[code];
  return {
    statusCode: status < 500 ? status : undefined,
    retryAfterSeconds,
    challenge,
    body: {
      type: problemType(code),
      title,
      ...(severalStatuses ? {} : { status }),
      detail,
      code,
      request_id: '$context.requestId',
    },
  };
}
