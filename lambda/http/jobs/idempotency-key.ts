import { invalidFields } from '../validate.ts';

export const IDEMPOTENCY_KEY = 'idempotency-key';
export const MAX_KEY_CHARACTERS = 255;

const VISIBLE = /^[\x21-\x7e]{1,255}$/;
/** A string of structured fields (RFC 9651, 3.3.3), as draft-ietf-httpapi-idempotency-key-header wants it. */
const QUOTED = /^"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * The value of the header `Idempotency-Key`. `"abc"` is the same key as `abc`.
 *
 * @throws ServiceError `invalid_request`
 */
export function idempotencyKeyIn(headers: Headers): string | undefined {
  const sent = headers.get(IDEMPOTENCY_KEY);
  if (sent === null) return undefined;
  const key = QUOTED.exec(sent)?.[1]?.replace(/\\(.)/g, '$1') ?? sent;
  if (VISIBLE.test(key)) return key;
  throw invalidFields([
    {
      field: `header.${IDEMPOTENCY_KEY}`,
      message: `expected 1 to ${MAX_KEY_CHARACTERS} visible ASCII characters, got something else`,
    },
  ]);
}
