import {
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  type MethodOptions,
} from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { AuthOf } from '../../settings/auth.ts';
import type { Stage } from '../../stages.ts';
import type { ServiceImage } from '../service-image.ts';
import { RESULTS_CACHED, tokenAuthorizer } from './token-authorizer.ts';

/** What API Gateway checks before it forwards a request to a guarded method. */
export type Guard = Pick<
  MethodOptions,
  'apiKeyRequired' | 'authorizationType' | 'authorizer' | 'authorizationScopes'
>;

export interface GuardProps {
  /** Runs the function that checks tokens. */
  readonly image: ServiceImage;
  readonly stage: Stage;
}

/** The check that the stage's setting `auth` asks for: docs/adr/0027. */
export function createGuard(scope: Construct, { image, stage }: GuardProps): Guard {
  const { auth } = stage.settings;
  if (auth === 'off') return { apiKeyRequired: false };
  switch (auth.kind) {
    case 'api-key':
      return { apiKeyRequired: true };
    case 'iam':
      return { apiKeyRequired: false, authorizationType: AuthorizationType.IAM };
    case 'jwt':
      return { apiKeyRequired: false, ...tokenGuard(scope, auth, { image, stage }) };
  }
}

function tokenGuard(scope: Construct, { tokens, scopes }: AuthOf<'jwt'>, props: GuardProps): Guard {
  if (tokens.from === 'oidc') {
    return { authorizer: tokenAuthorizer(scope, { ...props, tokens, scopes }) };
  }
  const authorizer = new CognitoUserPoolsAuthorizer(scope, 'Authorizer', {
    cognitoUserPools: [UserPool.fromUserPoolArn(scope, 'UserPool', tokens.userPoolArn)],
    resultsCacheTtl: RESULTS_CACHED,
  });
  return { authorizer, authorizationScopes: [...scopes] };
}
