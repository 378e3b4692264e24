import { Duration } from 'aws-cdk-lib';
import { TokenAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { AuthorizerEnvironment } from '../../../lambda/authorization/settings.ts';
import type { AuthOf } from '../../settings/auth.ts';
import { authorizerConcurrency } from '../../settings/concurrency.ts';
import type { Stage } from '../../stages.ts';
import { ImageFunction } from '../image-function.ts';
import type { ServiceImage } from '../service-image.ts';

/** It runs no model. With less memory it would have less of a CPU to start with. */
const MEMORY_MIB = 512;
/** For a cold start and the two documents of the issuer, 3 s each. */
const TIMEOUT_SECONDS = 10;

/**
 * What looks like a signed token: three parts in base64url. The first two are JSON objects, so they begin with
 * `ey`. API Gateway answers anything else with 401 and does not call the function.
 */
export const BEARER_TOKEN = '^[Bb][Ee][Aa][Rr][Ee][Rr] ey[A-Za-z0-9_-]+\\.ey[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$';

/** A token is accepted for at most this long after it has expired, and asked about once in this time. */
export const RESULTS_CACHED = Duration.minutes(1);

export interface TokenAuthorizerProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
  readonly tokens: Extract<AuthOf<'jwt'>['tokens'], { from: 'oidc' }>;
  readonly scopes: readonly string[];
}

/** The function that checks tokens of an OpenID Connect issuer, and its authorizer. */
export function tokenAuthorizer(
  scope: Construct,
  { image, stage, tokens, scopes }: TokenAuthorizerProps,
): TokenAuthorizer {
  const inner = new Construct(scope, 'Tokens');
  const environment: AuthorizerEnvironment = {
    OIDC_ISSUER: tokens.issuer,
    OIDC_AUDIENCES: tokens.audiences.join(' '),
    ...(scopes.length > 0 ? { OIDC_SCOPES: scopes.join(' ') } : {}),
    STAGE: stage.name,
  };
  const { function: handler } = new ImageFunction(inner, 'Function', {
    image,
    handler: 'authorizer.handler',
    description: `Checks bearer tokens, stage ${stage.name}`,
    memoryMiB: MEMORY_MIB,
    timeoutSeconds: TIMEOUT_SECONDS,
    environment,
    // The issuer is on the internet, which a private network may be unable to reach.
    settings: { ...stage.settings, vpc: 'off' },
    overrides: { reservedConcurrentExecutions: authorizerConcurrency(stage.settings.auth) },
  });
  return new TokenAuthorizer(inner, 'Authorizer', {
    handler,
    validationRegex: BEARER_TOKEN,
    resultsCacheTtl: RESULTS_CACHED,
  });
}
