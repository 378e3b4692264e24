import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../errors.ts';

/** Strings from this length on stay bytes: only images are that long. */
const LONG_STRING_BYTES = 4096;
/** All that is not such a string: names, braces, short values. A batch of 16 needs 100 bytes. */
const MAX_STRUCTURE_BYTES = 64 * 1024;
/** No image in base64 holds one. */
const MAX_ESCAPED_QUOTES = 1000;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const WHITE_SPACE: ReadonlySet<number> = new Set([...' \t\r\n'].map((one) => one.charCodeAt(0)));

/** Stands for a long string in the text that is parsed. No client can guess it. */
const MARK = `${randomUUID()}:`;

/** A JSON object whose long strings were not copied. */
export interface JsonObject {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The bytes of a string among the values, escapes resolved; undefined for a value of another type. */
  readonly bytesOf: (value: unknown) => Uint8Array | undefined;
}

/**
 * Parses a JSON object that holds images as base64 strings. A parser would copy them several times over, and would build
 * whatever else it is sent: millions of names or arrays. So the long strings are left where they are, and what remains
 * is parsed only where it is small.
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
    bytesOf(value) {
      if (typeof value !== 'string') return undefined;
      const long = value.startsWith(MARK) ? strings[Number(value.slice(MARK.length))] : undefined;
      return long ? resolveEscapes(long) : Buffer.from(value);
    },
  };
}

/** Parses JSON that is small. @throws ServiceError `invalid_request` where it is not an object. */
export function parseSmallObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid('The request body is not valid JSON.', cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid('The request body is not a JSON object.');
}

/** Splits the text into its long strings, in order, and all the rest with a mark in the place of each. */
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
      throw invalid(`Expected JSON of at most ${MAX_STRUCTURE_BYTES} bytes beside its images, got more.`);
    }
    kept.push(piece);
  }

  /** @returns where the string that begins at `start` ends. */
  function closingQuote(start: number): number {
    for (let at = body.indexOf(QUOTE, start); at >= 0; at = body.indexOf(QUOTE, at + 1)) {
      let first = at;
      while (first > start && body[first - 1] === BACKSLASH) first -= 1;
      if ((at - first) % 2 === 0) return at;
      escapedQuotes += 1;
      if (escapedQuotes > MAX_ESCAPED_QUOTES) {
        throw invalid(`Expected at most ${MAX_ESCAPED_QUOTES} quotes inside strings, got more.`);
      }
    }
    throw invalid('The request body is not valid JSON.');
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

/** Whether a colon follows, so that the string before it is the name of a field. */
function isName(body: Buffer, after: number): boolean {
  let at = after;
  // More white space than that is refused.
  const end = after + MAX_STRUCTURE_BYTES;
  while (at < end && WHITE_SPACE.has(body[at] as number)) at += 1;
  return body[at] === COLON;
}

/** What stands for what behind a backslash, by character codes. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  [
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['/', '/'],
    ['"', '"'],
    ['\\', '\\'],
  ].map(([kind = '', character = '']) => [kind.charCodeAt(0), character.charCodeAt(0)]),
);
const UNICODE = 'u'.charCodeAt(0);

/**
 * Resolves JSON's escapes in place: some writers escape the slash and the plus sign of base64, or break its lines. What
 * base64 cannot hold becomes a character that it does not know.
 */
function resolveEscapes(text: Buffer): Buffer {
  let from = text.indexOf(BACKSLASH);
  if (from < 0) return text;
  let to = from;
  while (from < text.length) {
    let character = text[from] as number;
    from += 1;
    if (character === BACKSLASH) {
      const kind = text[from] as number;
      character = kind === UNICODE ? asciiOfHex(text, from + 1) : (ESCAPES.get(kind) ?? 0);
      from += kind === UNICODE ? 5 : 1;
    }
    text[to] = character;
    to += 1;
  }
  return text.subarray(0, to);
}

/** The character of four hex digits; NUL for any beyond ASCII, and for what is no digit. */
function asciiOfHex(text: Buffer, at: number): number {
  let code = 0;
  for (let digit = at; digit < at + 4; digit += 1) code = code * 16 + hexValue(text[digit] as number);
  return code < 0x80 ? code : 0;
}

function hexValue(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter = character | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 0x1000;
}

function invalid(detail: string, cause?: unknown): ServiceError {
  return new ServiceError('invalid_request', detail, {
    ...(cause === undefined ? {} : { cause }),
    fields: [{ field: 'body', message: 'expected a JSON object' }],
  });
}
