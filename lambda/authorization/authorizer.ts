import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { AuthorizerSettings } from './settings.ts';
import { TokenError, verifyToken } from './token.ts';

export interface AuthorizerDependencies {
  readonly settings: AuthorizerSettings;
  readonly keys: JWTVerifyGetKey;
  readonly logger: Logger;
}

/** docs.aws.amazon.com/apigateway, "Input to an API Gateway Lambda authorizer". */
const eventSchema = z.object({
  authorizationToken: z.string(),
  /** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH` */
  methodArn: z.string().regex(/^arn:[^/]+\/[^/]+\/[^/]+\//),
});

/**
 * Checks the bearer token of a request for API Gateway. A token without one of the scopes gets a policy that
 * denies, which API Gateway answers with 403. No token is logged.
 *
 * @throws Error "Unauthorized" for a token that is not valid. API Gateway answers this text with 401.
 * @throws other errors if the issuer cannot be asked. API Gateway answers them with 500 and caches nothing.
 */
export function createAuthorizer({ settings, keys, logger }: AuthorizerDependencies) {
  return async (event: unknown): Promise<APIGatewayAuthorizerResult> => {
    const { authorizationToken, methodArn } = eventSchema.parse(event);
    try {
      const { principal, scopes } = await verifyToken(bearerToken(authorizationToken), keys, settings);
      const isAllowed =
        settings.scopes.length === 0 || settings.scopes.some((scope) => scopes.includes(scope));
      logger.info('authorizer', { outcome: isAllowed ? 'allowed' : 'forbidden' });
      return policy(principal, isAllowed ? 'Allow' : 'Deny', methodArn);
    } catch (error) {
      if (error instanceof TokenError) {
        logger.info('authorizer', { outcome: 'unauthorized', reason: error.message });
        throw new Error('Unauthorized');
      }
      logger.error('authorizer', { outcome: 'failed', error: error as Error });
      throw new Error('The token could not be checked');
    }
  };
}

function bearerToken(header: string): string {
  const [, token] = /^Bearer (\S+)$/i.exec(header) ?? [];
  if (token === undefined) throw new TokenError('expected a bearer token, got something else');
  return token;
}

/**
 * The policy covers every method of the stage, not only the called one: API Gateway caches it for the token
 * and applies it to the token's next requests. It applies it to guarded methods only; the others are open.
 */
function policy(
  principalId: string,
  Effect: 'Allow' | 'Deny',
  methodArn: string,
): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: `${api}/${stage}/*` }],
    },
  };
}
