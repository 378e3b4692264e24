import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { documentFetch } from './documents.ts';

/** The issuer or its keys could not be read, so nothing is known about a token. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError';
}

export interface IssuerKeysOptions {
  readonly issuer: string;
  /** For each of the two documents. @default 3000 */
  readonly timeoutMs?: number;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * The process is frozen between two invocations, and a connection that was kept open would be dead by then.
 */
const HEADERS = { accept: 'application/json', connection: 'close' };

/** What a token can cause by itself: it names a key that the issuer does not have. */
const FAULTS_OF_TOKENS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

/**
 * Finds the public key for a token: the issuer's discovery document names the address of its keys. jose reads
 * the keys again after 10 minutes, or when a token names an unknown one, but not twice within 30 seconds. After
 * a failure, the issuer is left alone for 2 seconds.
 *
 * @throws IssuerError if one of the documents cannot be read in time, or is not the issuer's.
 * @throws errors of jose if the issuer has no such key.
 */
export function issuerKeys({
  issuer,
  timeoutMs = 3000,
  fetch = globalThis.fetch,
}: IssuerKeysOptions): JWTVerifyGetKey {
  const fetchDocument = documentFetch(fetch);
  const discover = async () => {
    const address = await keysAddress(issuer, timeoutMs, fetchDocument);
    const options = { timeoutDuration: timeoutMs, headers: HEADERS, [customFetch]: fetchDocument };
    return createRemoteJWKSet(address, options);
  };
  let discovered: ReturnType<typeof discover> | undefined;

  return async (header, token) => {
    discovered ??= discover();
    const keys = await discovered.catch((error: unknown) => {
      // The next token gets another try.
      discovered = undefined;
      throw error;
    });
    try {
      return await keys(header, token);
    } catch (cause) {
      if (FAULTS_OF_TOKENS.some((fault) => cause instanceof fault)) throw cause;
      // The address may have changed. Keys that are still fresh are kept: the token may name an invented one.
      if (!keys.fresh) discovered = undefined;
      throw new IssuerError(`expected the keys of ${issuer}, got none`, { cause });
    }
  };
}

/** OpenID Connect Discovery 1.0, section 4: a final slash of the issuer is not repeated. */
const discoveryUrl = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

async function keysAddress(issuer: string, timeoutMs: number, fetch: typeof globalThis.fetch): Promise<URL> {
  const url = discoveryUrl(issuer);
  let body: unknown;
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: HEADERS,
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.json();
  } catch (cause) {
    throw new IssuerError(`expected a discovery document at ${url} within ${timeoutMs} ms, got none`, {
      cause,
    });
  }
  const document = discoverySchema.safeParse(body).data;
  if (!document) throw new IssuerError(`expected issuer and jwks_uri in ${url}, got something else`);
  if (document.issuer !== issuer) {
    const got = JSON.stringify(document.issuer.slice(0, 200));
    throw new IssuerError(`expected the issuer ${issuer} in ${url}, got ${got}`);
  }
  return new URL(document.jwks_uri);
}
