import { randomUUID } from 'node:crypto';
import type { Steps } from '../../loop-share.ts';
import { resolveEscapes } from './escapes.ts';
import { invalidJson } from './invalid-json.ts';
import { type JsonFields, parseSmallObject } from './small-object.ts';

/** Strings of this length or more stay bytes: almost only images are that long. */
const LONG_STRING_BYTES = 512;
/** For everything else: names, braces, short values. A batch of 16 images needs at most 9 KiB. */
const MAX_STRUCTURE_BYTES = 16 * 1024;
/** Inside a long string, a quote and the backslashes before it. Base64 needs none. */
const MAX_ESCAPED_QUOTE_BYTES = 2000;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const WHITE_SPACE: ReadonlySet<number> = new Set([...' \t\r\n'].map((one) => one.charCodeAt(0)));

/** Stands for a long string in the text that is parsed. It is secret, so clients cannot send one. */
const MARK = `${randomUUID()}:`;

/** A JSON object whose long strings were not copied. */
export interface JsonObject {
  /** A long string is a mark here, which only {@link bytesOf} understands. No client may see a mark. */
  readonly fields: JsonFields;
  /** The bytes of a string in `fields`, with escapes resolved. Undefined for a value of another type. */
  readonly bytesOf: (value: unknown) => Steps<Buffer | undefined>;
}

/**
 * Parses a JSON object that holds images as base64 strings. `JSON.parse` would copy the strings several
 * times, and would build everything else in the body, such as millions of names or arrays. So long strings
 * stay where they are, and the rest is parsed only if it is small.
 *
 * @param body is overwritten where long strings hold escapes.
 * @throws ServiceError `invalid_request`
 */
export function parseJsonObject(body: Uint8Array): JsonObject {
  const { structure, strings } = withoutLongStrings(
    Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  );
  return {
    fields: parseSmallObject(structure),
    *bytesOf(value) {
      if (typeof value !== 'string') return undefined;
      const long = value.startsWith(MARK) ? strings[Number(value.slice(MARK.length))] : undefined;
      return long ? yield* resolveEscapes(long) : Buffer.from(value);
    },
  };
}

/** Separates the long strings, in order, from the rest of the text, which has a mark in place of each. */
function withoutLongStrings(body: Buffer): {
  readonly structure: string;
  readonly strings: readonly Buffer[];
} {
  let structure = '';
  const strings: Buffer[] = [];
  /** The end of what is in `structure` or in `strings`. */
  let done = 0;
  let at = 0;

  function requireSmall(): void {
    if (structure.length + at - done <= MAX_STRUCTURE_BYTES) return;
    throw invalidJson(
      `Expected JSON of at most ${MAX_STRUCTURE_BYTES} bytes in addition to its images, got more.`,
    );
  }

  for (; at < body.length; at += 1) {
    requireSmall();
    if (body[at] !== QUOTE) continue;
    const quote = at;
    at = closingQuote(body, quote + 1);
    if (at - quote < LONG_STRING_BYTES || isName(body, at + 1)) continue;
    structure += `${body.toString('utf8', done, quote)}"${MARK}${strings.length}"`;
    strings.push(body.subarray(quote + 1, at));
    done = at + 1;
  }
  requireSmall();
  return { structure: structure + body.toString('utf8', done), strings };
}

/** @returns the position of the quote that ends the string that begins at `start`. */
export function closingQuote(body: Buffer, start: number): number {
  let from = start;
  for (const end = start + LONG_STRING_BYTES; from < end; from += 1) {
    if (body[from] === QUOTE) return from;
    if (body[from] === BACKSLASH) from += 1;
  }
  let escapedBytes = 0;
  for (let at = body.indexOf(QUOTE, from); at >= 0; at = body.indexOf(QUOTE, at + 1)) {
    let first = at;
    while (first > from && body[first - 1] === BACKSLASH && at - first < MAX_ESCAPED_QUOTE_BYTES) first -= 1;
    escapedBytes += at - first + 1;
    if (escapedBytes > MAX_ESCAPED_QUOTE_BYTES) {
      throw invalidJson(`Expected at most ${MAX_ESCAPED_QUOTE_BYTES / 2} quotes inside strings, got more.`);
    }
    if ((at - first) % 2 === 0) return at;
  }
  throw invalidJson('The request body is not valid JSON.');
}

/** Whether a colon follows, which makes the string before it the name of a field. */
function isName(body: Buffer, after: number): boolean {
  let at = after;
  // More white space than this is refused anyway.
  const end = after + MAX_STRUCTURE_BYTES;
  while (at < end && WHITE_SPACE.has(body[at] as number)) at += 1;
  return body[at] === COLON;
}
