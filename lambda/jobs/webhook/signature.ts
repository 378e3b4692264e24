import { createHmac } from 'node:crypto';

/** Of an attempt to deliver a message. */
export interface SignedParts {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

const SECRET_PREFIX = 'whsec_';

/**
 * Signs a message as Standard Webhooks says ("Signature scheme"): HMAC-SHA256 over `id.timestamp.body`, in base64 after
 * `v1,`. With several secrets there are as many signatures, separated by spaces, and a receiver needs only one that
 * matches.
 *
 * @param secrets `whsec_` and the key in base64.
 */
export function signatureOf({ id, timestamp, body }: SignedParts, secrets: readonly string[]): string {
  const signed = `${id}.${timestamp}.${body}`;
  return secrets
    .map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`)
    .join(' ');
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
