import type { MethodOptions } from 'aws-cdk-lib/aws-apigateway';
import { type Auth, authKind } from '../../settings/auth.ts';

/** What API Gateway checks before it forwards a request to a guarded method. */
export type Guard = Pick<MethodOptions, 'apiKeyRequired'>;

/** @throws Error for a kind that is not implemented. */
export function guardOf(auth: Auth): Guard {
  const kind = authKind(auth);
  if (kind !== 'api-key' && kind !== 'off') throw new Error(`auth: expected api-key or off, got ${kind}`);
  return { apiKeyRequired: kind === 'api-key' };
}
