import type { AuthKind } from '../../../lib/settings/auth.ts';
import { choice, text } from '../command/options.ts';
import { UsageError } from '../command/usage-error.ts';
import { findAwsIdentity } from './aws-identity.ts';
import { apiKey, awsSignature, type Credentials, NO_CREDENTIALS } from './credentials.ts';
import { keyIn, tokenIn } from './environment.ts';

const KINDS = ['api-key', 'iam', 'jwt'] as const satisfies readonly AuthKind[];

/** Options of a command that calls a service by its URL. */
export const credentialOptions = {
  auth: choice(KINDS, {
    help: 'what --url requires: a key, from API_KEY; a signature, with your AWS credentials; a token, from API_TOKEN',
  }),
  'api-key': text('KEY', { help: 'the key, if other users of this machine may see it' }),
};

export interface GivenCredentials {
  readonly auth: AuthKind | undefined;
  readonly 'api-key': string | undefined;
}

/**
 * The credentials that the options choose. None if they choose none, or if the environment has none.
 *
 * @throws UsageError if the options contradict each other.
 */
export async function readCredentials(
  { auth, 'api-key': key }: GivenCredentials,
  url: string,
): Promise<Credentials> {
  if (key !== undefined) {
    if (auth !== undefined && auth !== 'api-key') {
      throw new UsageError(`--api-key: expected only with --auth api-key, got --auth ${auth}`);
    }
    return apiKey(key, '--api-key');
  }
  switch (auth) {
    case undefined:
      return NO_CREDENTIALS;
    case 'api-key':
      return keyIn();
    case 'iam':
      return awsSignature(await findAwsIdentity(url));
    case 'jwt':
      return tokenIn();
  }
}

const VARIABLES = { 'api-key': 'API_KEY', jwt: 'API_TOKEN' } as const;

/** @throws UsageError if `auth` takes its credentials from the environment, and they are not there. */
export function requireCredentials(auth: AuthKind | undefined, { kind }: Credentials): void {
  if (kind !== 'none' || auth === undefined || auth === 'iam') return;
  throw new UsageError(`--auth ${auth}: expected ${VARIABLES[auth]} in the environment, got none`);
}
