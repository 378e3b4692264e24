import { createHash, timingSafeEqual } from 'node:crypto';

/** @returns a function that compares in constant time: how long it takes says nothing about the token. */
export function tokenMatcher(token: string): (sent: string) => boolean {
  const expected = hash(token);
  return (sent) => timingSafeEqual(hash(sent), expected);
}

/** All hashes have the same length, which the comparison requires. */
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token of an `Authorization` header, or undefined if that has another scheme. */
export function bearerTokenOf(authorization: string): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}
