import type { RouteConfig, z } from '@hono/zod-openapi';
import type { AuthKind } from '../../config.ts';
import { ERROR_KINDS } from '../../errors.ts';
import { PROBLEM_MEDIA_TYPE } from '../problem.ts';
import { problem } from '../problem-schemas.ts';
import { type AnswerName, answers, codeOf, nameOf, type ProblemName, problems } from './examples.ts';

export const requestIdHeader = {
  'X-Request-Id': {
    description: 'The id of the request. The log has it too.',
    schema: { type: 'string' as const },
  },
};
const challengeHeader = {
  'WWW-Authenticate': { description: 'What to send: `Bearer`.', schema: { type: 'string' as const } },
};
export const retryAfterHeader = {
  'Retry-After': {
    description: 'How many seconds to wait before a retry.',
    schema: { type: 'integer' as const, minimum: 1 },
  },
};

type Headers = Readonly<Record<string, { readonly description: string; readonly schema: object }>>;

/** A successful response with a recorded answer as its example. */
export const json = <Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  example: AnswerName,
  headers: Headers = {},
) => ({
  description,
  headers: { ...requestIdHeader, ...headers },
  content: { 'application/json': { schema, example: answers[example] } },
});

const NOT_BEHIND_GATEWAY = 'Not behind API Gateway, which reads the whole request first.';
const GATEWAY_ONLY = 'Only from API Gateway.';

const BLOCKED = `a firewall rule blocked the request. ${GATEWAY_ONLY}`;

/** When a problem occurs and what to do about it, where its title does not say enough. */
const OCCURS: Partial<Record<ProblemName, string>> = {
  invalid_request: 'The request is not valid. `fields` lists what is wrong, if the error is about fields.',
  malformed_http: 'The request is not valid HTTP/1.1.',
  invalid_image:
    'The image cannot be decoded: it is damaged or cut off. Compare it with the original before you send it again.',
  too_many_pixels: 'The image has too many pixels. Make it smaller.',
  batch_too_many_pixels: 'The images of the batch have too many pixels together. Send fewer in one request.',
  decode_too_costly:
    'Decoding the image would take too much memory or CPU time. Save it as a baseline JPEG, or make it smaller.',
  model_not_found: 'There is no such model. GET /models lists the models.',
  overloaded: 'The service is too busy to accept the request. Retry after the seconds in Retry-After.',
  not_ready:
    'The model is still loading, the model or the image decoder could not be loaded, uploads and jobs cannot be used at the ' +
    'moment, or the service is shutting down.',
  request_timeout: `The request arrived too slowly. ${NOT_BEHIND_GATEWAY}`,
  expectation_failed: `The Expect header is not \`100-continue\`. ${NOT_BEHIND_GATEWAY}`,
  headers_too_large: `The request headers exceed 16 KiB. ${NOT_BEHIND_GATEWAY}`,
  deadline_exceeded: 'The service could not finish the request in time and stopped working on it.',
  image_too_large:
    'The image or the request has too many bytes. API Gateway accepts at most 6 MB. For POST /predict, a larger photo can be uploaded first.',
  unsupported_by_model:
    'The model lacks what the request asks for. GET /model and GET /models/{name} show what a model has.',
  unsupported_media_type:
    'The image is not in a supported format (detected from its first bytes). Convert it, for example to JPEG.',
  url_not_allowed: 'The URL, or a redirect of it, does not point to a public https address.',
  url_fetch_failed:
    'The host of the URL could not be reached, or did not answer with an image. If other clients can fetch it, send the bytes instead.',
  url_timeout: 'The host of the URL took too long to answer.',
  jobs_off: 'Uploads and jobs are off in this deployment.',
  upload_not_found:
    'There is no such upload: it was never sent, it is older than 24 hours, or it belongs to another caller.',
  job_not_found: 'There is no such job: its time is over, or it belongs to another caller.',
  results_not_ready: 'The job has not ended. Retry after the seconds in Retry-After.',
  source_not_allowed: 'The deployment does not let jobs read this bucket, or the service has none.',
  idempotency_key_reused:
    'The same Idempotency-Key was sent with another request before. Use a new key for a new job.',
  upload_storage_full: 'The service has no room for more uploads.',
  job_webhook_not_allowed: 'The webhook is not a public https address.',
  job_storage_full: 'The service has no room for the results of more jobs.',
  internal:
    'An unexpected error. Quote the request id when you report it. API Gateway answers with this code if the service crashes, with the status 500 or 502 and without `status` in the body.',
  unauthorized: `The access token is missing or not valid, if the deployment asks for one. ${GATEWAY_ONLY}`,
  forbidden: `The API key, the signature or the scope that the deployment asks for is missing or wrong, or ${BLOCKED}`,
  blocked: `A${BLOCKED.slice(1)}`,
  key_refused: `The API key is missing or wrong, or ${BLOCKED}`,
  signature_refused: `The signature is missing or wrong, the caller may not do this, or ${BLOCKED}`,
  token_refused: `The access token does not allow this, or ${BLOCKED}`,
  rate_limited: `The rate limit or the quota is exceeded. Retry after the seconds in Retry-After. ${GATEWAY_ONLY}`,
  gateway_timeout: `API Gateway got no answer from the service, or none within 29 seconds. ${GATEWAY_ONLY}`,
};

/** Statuses that come with Retry-After. */
const RETRIED: ReadonlySet<number> = new Set([
  ERROR_KINDS.rate_limited.status,
  ERROR_KINDS.overloaded.status,
  ERROR_KINDS.results_not_ready.status,
]);

/** One response for each status, with one example for each problem. */
export function problemResponses(...names: readonly ProblemName[]) {
  const byStatus = Map.groupBy(names, (name) => ERROR_KINDS[codeOf(name)].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map(describe).join('\n\n'),
        headers: {
          ...requestIdHeader,
          ...(RETRIED.has(status) ? retryAfterHeader : {}),
          ...(status === ERROR_KINDS.unauthorized.status ? challengeHeader : {}),
        },
        content: {
          [PROBLEM_MEDIA_TYPE]: {
            schema: problem,
            examples: Object.fromEntries(group.map((name) => [codeOf(name), { value: problems[name] }])),
          },
        },
      },
    ]),
  );
}

function describe(name: ProblemName): string {
  const code = codeOf(name);
  const occurs = OCCURS[name] ?? (code in OCCURS ? OCCURS[code as ProblemName] : undefined);
  return `\`${code}\`: ${occurs ?? `${ERROR_KINDS[code].title}.`}`;
}

/** What any request may be answered with, by the HTTP server or by API Gateway. */
const commonProblems = [
  'request_timeout',
  'expectation_failed',
  'rate_limited',
  'headers_too_large',
  'internal',
  'overloaded',
  'gateway_timeout',
] as const;
export const openProblems = ['malformed_http', 'blocked', ...commonProblems] as const;
/** Of a guarded route. @param invalid what an invalid request to it is answered with. */
const guardedProblems = (invalid: ProblemName = 'invalid_request') =>
  [
    invalid,
    'unauthorized',
    'forbidden',
    'deadline_exceeded',
    ...commonProblems,
    'not_ready',
  ] satisfies ProblemName[];
const uploadProblems = [
  ...guardedProblems(),
  'model_not_found',
  'unsupported_by_model',
  'image_too_large',
] as const;
const imageProblems = [
  'unsupported_media_type',
  'invalid_image',
  'too_many_pixels',
  'decode_too_costly',
] as const;

export const healthProblems = problemResponses(...openProblems);
export const readinessProblems = problemResponses(...openProblems, 'not_ready');
/** Of a path that names a model. */
export const modelProblems = problemResponses(...openProblems, 'not_ready', 'model_not_found');
export const batchProblems = problemResponses(...uploadProblems, 'batch_too_many_pixels');
export const predictProblems = problemResponses('upload_not_found', ...uploadProblems, ...imageProblems);
export const embedProblems = problemResponses(...uploadProblems, ...imageProblems);
export const createUploadProblems = problemResponses(
  'jobs_off',
  ...guardedProblems('upload_invalid'),
  'upload_too_large',
  'upload_storage_full',
);
export const createJobProblems = problemResponses(
  'jobs_off',
  'upload_not_found',
  'source_not_allowed',
  'job_webhook_not_allowed',
  'idempotency_key_reused',
  ...guardedProblems('job_invalid'),
  'model_not_found',
  'unsupported_by_model',
  'job_too_large',
  'job_storage_full',
);
export const jobProblems = problemResponses(
  'jobs_off',
  'job_not_found',
  ...guardedProblems('job_query_invalid'),
);
export const jobResultsProblems = problemResponses(
  'jobs_off',
  'job_not_found',
  'results_not_ready',
  ...guardedProblems('results_query_invalid'),
);
export const urlProblems = problemResponses(
  'url_not_allowed',
  'url_fetch_failed',
  'url_timeout',
  ...uploadProblems,
  ...imageProblems,
);

/** How the gateway refuses credentials, by what it requires. */
const REFUSALS = {
  'api-key': ['key_refused'],
  iam: ['signature_refused'],
  jwt: ['unauthorized', 'token_refused'],
} as const satisfies Record<AuthKind, readonly ProblemName[]>;

const { unauthorized, forbidden } = ERROR_KINDS;

/** @returns the responses of a guarded route where the gateway requires `auth`. */
export function withRefusals(responses: RouteConfig['responses'], auth: AuthKind): RouteConfig['responses'] {
  const { [unauthorized.status]: _, [forbidden.status]: denied, ...others } = responses;
  const { content } = denied as ReturnType<typeof problemResponses>[string];
  const inRoute = Object.values(content[PROBLEM_MEDIA_TYPE].examples).flatMap(({ value }) => {
    const name = nameOf(value);
    return name === undefined || name === 'forbidden' ? [] : [name];
  });
  return { ...others, ...problemResponses(...REFUSALS[auth], ...inRoute) };
}
