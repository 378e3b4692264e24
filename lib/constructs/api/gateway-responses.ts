import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { PROBLEM_MEDIA_TYPE } from '../../../lambda/http/problem.ts';
import type { AuthKind } from '../../settings/auth.ts';
import { gatewayProblems } from './gateway-problems.ts';

/**
 * Gives API Gateway's own errors the form of the service's: a problem with a stable `code` and the id of the
 * request. More than 10 MB is refused in plain text, before any of these apply.
 *
 * @param options.crossOrigin whether pages of other origins may read the errors. If so, pages of any origin
 *   may: a header has the same text for every request here, and an error says only what its own sender did.
 */
export function addGatewayResponses(
  api: RestApi,
  { auth, crossOrigin }: { readonly auth: AuthKind | 'off'; readonly crossOrigin: boolean },
): void {
  for (const [type, { statusCode, retryAfterSeconds, challenge, body }] of gatewayProblems(auth)) {
    api.addGatewayResponse(type, {
      type: ResponseType.of(type),
      ...(statusCode === undefined ? {} : { statusCode: String(statusCode) }),
      // API Gateway uses this template for every Accept header. The Content-Type below names the real type.
      templates: { 'application/json': JSON.stringify(body) },
      responseHeaders: {
        'Content-Type': `'${PROBLEM_MEDIA_TYPE}'`,
        'Cache-Control': "'no-store'",
        'X-Request-Id': 'context.requestId',
        ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': `'${retryAfterSeconds}'` }),
        ...(challenge === undefined ? {} : { 'WWW-Authenticate': `'${challenge}'` }),
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
