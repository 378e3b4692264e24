import { randomUUID } from 'node:crypto';
import { resolveEscapes } from './escapes.ts';
import { invalidJson } from './invalid-json.ts';
import { type JsonFields, parseSmallObject } from './small-object.ts';

/** Strings of this length or more stay bytes: only images are that long. */
const LONG_STRING_BYTES = 4096;
/** For everything else: names, braces, short values. A batch of 16 images needs 100 bytes. */
const MAX_STRUCTURE_BYTES = 64 * 1024;
/** Base64 needs none. */
const MAX_ESCAPED_QUOTES = 1000;

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
  readonly bytesOf: (value: unknown) => Buffer | undefined;
}

/**
 * Parses a JSON object that holds images as base64 strings. `JSON.parse` would copy the strings several
 * times, and would build everything else in the body, such as millions of names or arrays. So long strings
 * stay where they are, and the rest is parsed only if it is small.
 *
 * @param body is overwritten where long strings hold escapes.
 * @param imageField the name for which the last value is used if it comes twice. Any other name that comes
 *   twice gets the value `Repeated`.
 * @throws ServiceError `invalid_request`
 */
export function parseJsonObject(body: Uint8Array, imageField: string): JsonObject {
  const { structure, strings } = withoutLongStrings(
    Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  );
  return {
    fields: parseSmallObject(structure, imageField),
    bytesOf(value) {
      if (typeof value !== 'string') return undefined;
      const long = value.startsWith(MARK) ? strings[Number(value.slice(MARK.length))] : undefined;
      return long ? resolveEscapes(long) : Buffer.from(value);
    },
  };
}

/** Separates the long strings, in order, from the rest of the text, which has a mark in place of each. */
function withoutLongStrings(body: Buffer): {
  readonly structure: string;
  readonly strings: readonly Buffer[];
} {
  const kept: Buffer[] = [];
  const strings: Buffer[] = [];
  let structureBytes = 0;
  let escapedQuotes = 0;

  function keep(piece: Buffer): void {
    structureBytes += piece.byteLength;
    if (structureBytes > MAX_STRUCTURE_BYTES) {
      throw invalidJson(
        `Expected JSON of at most ${MAX_STRUCTURE_BYTES} bytes in addition to its images, got more.`,
      );
    }
    kept.push(piece);
  }

  /** @returns the position of the quote that ends the string that begins at `start`. */
  function closingQuote(start: number): number {
    for (let at = body.indexOf(QUOTE, start); at >= 0; at = body.indexOf(QUOTE, at + 1)) {
      let first = at;
      while (first > start && body[first - 1] === BACKSLASH) first -= 1;
      if ((at - first) % 2 === 0) return at;
      escapedQuotes += 1;
      if (escapedQuotes > MAX_ESCAPED_QUOTES) {
        throw invalidJson(`Expected at most ${MAX_ESCAPED_QUOTES} quotes inside strings, got more.`);
      }
    }
    throw invalidJson('The request body is not valid JSON.');
  }

  let at = 0;
  for (let quote = body.indexOf(QUOTE); quote >= 0; quote = body.indexOf(QUOTE, at)) {
    const end = closingQuote(quote + 1);
    if (end - quote < LONG_STRING_BYTES || isName(body, end + 1)) {
      keep(body.subarray(at, end + 1));
    } else {
      keep(body.subarray(at, quote));
      keep(Buffer.from(`"${MARK}${strings.length}"`));
      strings.push(body.subarray(quote + 1, end));
    }
    at = end + 1;
  }
  keep(body.subarray(at));
  return { structure: Buffer.concat(kept).toString(), strings };
}

/** Whether a colon follows, which makes the string before it the name of a field. */
function isName(body: Buffer, after: number): boolean {
  let at = after;
  // More white space than this is refused anyway.
  const end = after + MAX_STRUCTURE_BYTES;
  while (at < end && WHITE_SPACE.has(body[at] as number)) at += 1;
  return body[at] === COLON;
}
