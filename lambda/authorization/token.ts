import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { AuthorizerSettings } from './settings.ts';

/**
 * Only signatures with a public key. With a shared secret (HS256), whoever knows the issuer's public key
 * could sign with it; `none` is no signature (RFC 8725, sections 2.1 and 3.1).
 */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** How much the issuer's clock and ours may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** API Gateway accepts 10,240 bytes of headers in all: docs.aws.amazon.com/apigateway, "Quotas". */
const MAX_TOKEN_CHARACTERS = 8192;

/** The token is not valid for this service. The message never contains a part of the token. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

export type Verified = { readonly principal: string; readonly scopes: readonly string[] };

/**
 * Checks a token: its signature, issuer, audience and times.
 *
 * @throws TokenError if the token is not valid, IssuerError if the issuer's keys are not known.
 */
export async function verifyToken(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audiences }: Pick<AuthorizerSettings, 'issuer' | 'audiences'>,
): Promise<Verified> {
  if (token.length > MAX_TOKEN_CHARACTERS) {
    throw new TokenError(`expected at most ${MAX_TOKEN_CHARACTERS} characters, got ${token.length}`);
  }
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ALGORITHMS,
    issuer,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp'],
  }).catch((error: unknown) => {
    throw error instanceof errors.JOSEError ? new TokenError(reasonOf(error), { cause: error }) : error;
  });
  if (!audiencesOf(payload).some((audience) => audiences.includes(audience))) {
    throw new TokenError('expected one of the audiences of this service in aud, got others');
  }
  return { principal: principalOf(payload), scopes: scopesOf(payload) };
}

/** Such as `ERR_JWT_EXPIRED: exp`. jose's messages can repeat what the token says. */
function reasonOf(error: errors.JOSEError): string {
  return 'claim' in error ? `${error.code}: ${error.claim}` : error.code;
}

/** Access tokens of Cognito have no `aud`. They name the client that they were issued to. */
function audiencesOf({ aud, client_id: client, token_use: use }: JWTPayload): readonly string[] {
  if (aud !== undefined) return [aud].flat();
  return use === 'access' && typeof client === 'string' ? [client] : [];
}

/**
 * RFC 9068 has a list in the text `scope`, as Auth0 and Cognito do. `scp` is a text in Entra, an array in
 * Okta. Entra's tokens for programs have neither: what the program was granted is in `roles`. Beside a scope,
 * roles are those of a user, which say nothing about the program.
 */
function scopesOf({ scope, scp, roles }: JWTPayload): readonly string[] {
  const granted = scope === undefined && scp === undefined ? roles : [scope, scp].flat();
  return [granted]
    .flat()
    .filter((value) => typeof value === 'string')
    .flatMap((value) => value.split(' '));
}

/** Whom the access log names. Tokens for programs may have no subject. */
function principalOf({ sub, client_id: client, azp, cid }: JWTPayload): string {
  // It stands in a line of JSON that metrics are counted from.
  const isPlain = (name: unknown) => typeof name === 'string' && /^[\w.@:|+/-]{1,128}$/.test(name);
  return ([sub, client, azp, cid].find(isPlain) as string | undefined) ?? 'unknown';
}
