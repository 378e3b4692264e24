import { randomUUID } from 'node:crypto';
import { invalidJson } from '../../body/json/invalid-json.ts';
import { closingQuote } from '../../body/json/long-strings.ts';
import { type JsonFields, parseSmallObject } from '../../body/json/small-object.ts';
import type { Steps } from '../../loop-share.ts';

/** For everything but the arrays: names, shapes, parameters. */
const MAX_STRUCTURE_BYTES = 16 * 1024;
/** More dimensions than any input has. */
const MAX_DEPTH = 8;
/** Bytes searched in a step. */
const STEP = 2 ** 16;

const NAME = Buffer.from('"data"');
const [QUOTE, COLON, OPEN, CLOSE, BRACE] = Buffer.from('":[]{');
const WHITE_SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));

/** Stands for an array in the text that is parsed. It is secret, so clients cannot send one. */
const MARK = `${randomUUID()}:`;

/** A JSON object whose arrays of data were not parsed. */
export interface CutJson {
  /** An array of data is a mark here, which only {@link arrayOf} understands. No client may see a mark. */
  readonly fields: JsonFields;
  /** The number of arrays that were cut. Nothing but the search for their ends has read them. */
  readonly arrays: number;
  /** The text of an array, with its brackets. Undefined for any other value. */
  readonly arrayOf: (value: unknown) => Buffer | undefined;
}

/**
 * Parses a JSON object whose fields `data`, at any depth, may be arrays of millions of values. `JSON.parse` would
 * build them all, and arrays in them too. So these arrays stay where they are, and the rest is parsed only if it is
 * small.
 *
 * @throws ServiceError `invalid_request`
 */
export function* cutDataArrays(body: Buffer): Steps<CutJson> {
  let structure = '';
  const arrays: Buffer[] = [];
  /** The end of what is in `structure` or in `arrays`. */
  let done = 0;
  let at = 0;

  function requireSmall(): void {
    if (structure.length + at - done <= MAX_STRUCTURE_BYTES) return;
    throw invalidJson(
      `Expected JSON of at most ${MAX_STRUCTURE_BYTES} bytes in addition to its arrays of data, got more.`,
    );
  }

  for (; at < body.length; at += 1) {
    requireSmall();
    if (body[at] !== QUOTE) continue;
    const quote = at;
    at = closingQuote(body, quote + 1);
    const start = arrayNamedData(body, quote, at + 1);
    if (start === undefined) continue;
    at = yield* closingBracket(body, start);
    structure += `${body.toString('utf8', done, start)}"${MARK}${arrays.length}"`;
    arrays.push(body.subarray(start, at + 1));
    done = at + 1;
  }
  requireSmall();
  const fields = parseSmallObject(structure + body.toString('utf8', done));
  return {
    fields,
    arrays: arrays.length,
    arrayOf: (value) =>
      typeof value === 'string' && value.startsWith(MARK)
        ? arrays[Number(value.slice(MARK.length))]
        : undefined,
  };
}

/** Where the array begins if a string is the name of an array of data. */
function arrayNamedData(body: Buffer, quote: number, after: number): number | undefined {
  if (after - quote !== NAME.length || body.compare(NAME, 0, NAME.length, quote, after) !== 0)
    return undefined;
  const colon = skipWhiteSpace(body, after);
  if (body[colon] !== COLON) return undefined;
  const start = skipWhiteSpace(body, colon + 1);
  return body[start] === OPEN ? start : undefined;
}

function skipWhiteSpace(body: Buffer, from: number): number {
  let at = from;
  // More white space than this is refused anyway.
  const end = from + MAX_STRUCTURE_BYTES;
  while (at < end && WHITE_SPACE.has(body[at] as number)) at += 1;
  return at;
}

function* closingBracket(body: Buffer, start: number): Steps<number> {
  const search = { body, at: start, depth: 0 };
  while (search.at < body.length) {
    if (findClosingBracket(search, Math.min(search.at + STEP, body.length))) return search.at;
    yield;
  }
  throw invalidJson('The request body is not valid JSON.');
}

interface BracketSearch {
  readonly body: Buffer;
  /** The next position to look at, or where the bracket is. */
  at: number;
  depth: number;
}

/** A function of its own, because V8 does not optimise the loops of generators well. @returns whether it is found. */
function findClosingBracket(search: BracketSearch, end: number): boolean {
  const { body } = search;
  let { at, depth } = search;
  let isFound = false;
  for (; at < end && !isFound; at += 1) {
    const character = body[at];
    if (character === OPEN) {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw invalidJson(`Expected arrays of at most ${MAX_DEPTH} dimensions, got more.`);
    } else if (character === CLOSE) {
      depth -= 1;
      isFound = depth === 0;
    } else if (character === QUOTE) {
      at = closingQuote(body, at + 1);
    } else if (character === BRACE) {
      throw invalidJson('Expected arrays of numbers or strings as data, got an object.');
    }
  }
  search.at = isFound ? at - 1 : at;
  search.depth = depth;
  return isFound;
}
