import { ERROR_KINDS, type ErrorCode } from '../../../errors.ts';
import { type ProblemName, problems } from '../../openapi/examples.ts';
import { openProblems, problemResponses } from '../../openapi/responses.ts';
import { protocolError } from './schemas.ts';

const WHERE =
  'The service answers in JSON with the field `error`. API Gateway and the HTTP server, which do not look at paths, ' +
  'answer with a problem (RFC 9457).';

/** Codes that the service itself answers with. Examples of all of them are recorded as problems. */
type ServiceCode = Extract<ErrorCode, ProblemName>;

/**
 * The errors of a route of the protocol.
 *
 * @param inFront problems of API Gateway and of the HTTP server.
 */
function errorResponses(inFront: readonly ProblemName[], byService: readonly ServiceCode[]) {
  const responses = problemResponses(...inFront);
  const byStatus = Map.groupBy(byService, (code) => ERROR_KINDS[code].status);
  const own = [...byStatus].map(([status, [code, ...others]]) => {
    if (code === undefined) throw new TypeError('Expected a code for each status.');
    const titles = [code, ...others].map((one) => `${ERROR_KINDS[one].title}.`).join('\n\n');
    const { detail } = problems[code] as { readonly detail: string };
    const response = responses[status] ?? problemResponses(code)[status];
    const content = responses[status]?.content ?? {};
    return [
      status,
      {
        ...response,
        description: `${titles} ${WHERE}`,
        content: { 'application/json': { schema: protocolError, example: { error: detail } }, ...content },
      },
    ];
  });
  return { ...responses, ...Object.fromEntries(own) };
}

export const serverErrors = errorResponses(openProblems, ['internal', 'not_ready']);
export const modelErrors = errorResponses(openProblems, ['internal', 'not_ready', 'model_not_found']);
export const indexErrors = errorResponses(
  ['invalid_request', 'image_too_large', ...openProblems],
  ['invalid_request', 'image_too_large', 'deadline_exceeded', 'internal', 'not_ready'],
);
export const inferErrors = errorResponses(
  ['invalid_request', 'unauthorized', 'image_too_large', ...openProblems, 'forbidden'],
  [
    'invalid_request',
    'model_not_found',
    'image_too_large',
    'unsupported_media_type',
    'invalid_image',
    'too_many_pixels',
    'decode_too_costly',
    'internal',
    'overloaded',
    'not_ready',
    'deadline_exceeded',
  ],
);
