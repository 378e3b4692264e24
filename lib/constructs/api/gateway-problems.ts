import { ERROR_KINDS, type ErrorCode } from '../../../lambda/errors.ts';
import { problemType } from '../../../lambda/http/problem.ts';

interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** Whether API Gateway chooses between several statuses, so that the body cannot name one. */
  readonly severalStatuses?: true;
}

const FAILED = 'The service could not answer. Quote the request id when you report it.';
const NO_ACCESS = 'Expected no credentials other than an API key in the header x-api-key.';
const TOO_LARGE =
  'Expected a request of at most 6 MB after base64 encoding, which leaves 4.5 MB for an image.';

/** API Gateway's response types, and what each tells the client. The token bucket refills within a second. */
const REFUSALS = {
  // The answer of a REST API for a path or a method that it does not have.
  MISSING_AUTHENTICATION_TOKEN: {
    code: 'not_found',
    detail: 'There is nothing at this path for this method. The API is described at /docs.',
  },
  RESOURCE_NOT_FOUND: { code: 'not_found', detail: 'There is nothing at this path.' },
  INVALID_API_KEY: { code: 'forbidden', detail: 'Expected a valid API key in the header x-api-key.' },
  ACCESS_DENIED: { code: 'forbidden', detail: NO_ACCESS },
  INVALID_SIGNATURE: { code: 'forbidden', detail: NO_ACCESS },
  EXPIRED_TOKEN: { code: 'forbidden', detail: NO_ACCESS },
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
} as const satisfies Record<string, Refusal>;

export type GatewayResponseType = keyof typeof REFUSALS;

/** An error of API Gateway in the form of the service's own. */
export interface GatewayProblem {
  /**
   * Replaces API Gateway's status; undefined keeps it. A 5xx must keep it: API Gateway counts a gateway
   * response with a modified status as 4XXError (docs/adr/0023).
   */
  readonly statusCode: number | undefined;
  readonly retryAfterSeconds: number | undefined;
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

export const GATEWAY_RESPONSE_TYPES = Object.keys(REFUSALS) as readonly GatewayResponseType[];

/** Our own words: the gateway's may repeat what the client sent, and nothing would escape it. */
export function gatewayProblem(type: GatewayResponseType): GatewayProblem {
  const { code, detail, retryAfterSeconds, severalStatuses }: Refusal = REFUSALS[type];
  const { status, title } = ERROR_KINDS[code];
  return {
    statusCode: status < 500 ? status : undefined,
    retryAfterSeconds,
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
