import { AwsV4Signer } from 'aws4fetch';
import type { AuthKind } from '../../../lib/settings/auth.ts';

/** A request to which credentials are added. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/** What proves who calls. A secret is only in the closure of `authorize`, so no report or log can show it. */
export interface Credentials {
  readonly kind: AuthKind | 'none';
  /** @returns the headers of the request, with those that prove who calls. @throws errors of the AWS SDK. */
  readonly authorize: (request: OutgoingRequest) => Promise<Headers>;
}

export const NO_CREDENTIALS: Credentials = { kind: 'none', authorize: async ({ headers }) => headers };

/**
 * @param source what the error calls the key, such as `API_KEY`.
 * @throws Error that does not repeat the key.
 */
export function apiKey(key: string, source: string): Credentials {
  return withHeader('api-key', 'x-api-key', printable(key, 'an API key', source));
}

/**
 * @param source what the error calls the token, such as `API_TOKEN`.
 * @throws Error that does not repeat the token.
 */
export function bearerToken(token: string, source: string): Credentials {
  return withHeader('jwt', 'authorization', `Bearer ${printable(token, 'a bearer token', source)}`);
}

export interface AwsIdentity {
  /** As in the configuration of an AWS SDK client. Called for each request, because credentials expire. */
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  }>;
  readonly region: string;
}

/** Signs requests to API Gateway with Signature Version 4. The signature covers the body. */
export function awsSignature({ credentials, region }: AwsIdentity): Credentials {
  return {
    kind: 'iam',
    async authorize({ method, url, headers, body }) {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      const signed = await new AwsV4Signer({
        method,
        url: url.href,
        headers,
        body: body ?? null,
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        service: 'execute-api',
        region,
      }).sign();
      return signed.headers;
    },
  };
}

function withHeader(kind: AuthKind, name: string, value: string): Credentials {
  return {
    kind,
    async authorize({ headers }) {
      const all = new Headers(headers);
      all.set(name, value);
      return all;
    },
  };
}

/** fetch would repeat the value of an invalid header in its error. */
function printable(value: string, expected: string, source: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new Error(`${source}: expected ${expected} without spaces and line breaks, got something else`);
}
