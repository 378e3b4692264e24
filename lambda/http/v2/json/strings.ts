import { decodeBase64 } from '../../body/base64.ts';
import { resolveEscapes } from '../../body/json/escapes.ts';
import { closingQuote } from '../../body/json/long-strings.ts';
import type { Steps } from '../../loop-share.ts';
import { invalidFields } from '../../validate.ts';

const [QUOTE, COMMA] = Buffer.from('",');
const WHITE_SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
/** White space is skipped in one step. */
const MAX_INDENT = 16 * 1024;

/**
 * Reads a JSON array of base64 strings. JSON cannot hold bytes, so a tensor of BYTES is in base64 here.
 *
 * @param text the array with its brackets; overwritten.
 * @param count the number of strings that the shape promises.
 * @param field the name of the array in errors.
 * @returns the bytes of each string: parts of `text`, not copies.
 * @throws ServiceError `invalid_request` for anything but as many strings of base64.
 */
export function* readBase64Strings(text: Buffer, count: number, field: string): Steps<readonly Uint8Array[]> {
  const invalid = (got: string) =>
    invalidFields([
      { field, message: `expected an array of base64 strings, ${count} as the shape says, got ${got}` },
    ]);
  const strings: Buffer[] = [];
  const end = text.length - 1;
  let at = skip(text, 1);
  while (at < end) {
    if (strings.length > 0) {
      if (text[at] !== COMMA) throw invalid(`something else at position ${strings.length}`);
      at = skip(text, at + 1);
    }
    if (text[at] !== QUOTE) throw invalid(`something else at position ${strings.length}`);
    if (strings.length === count) throw invalid('more');
    const closing = closingQuote(text, at + 1);
    strings.push(text.subarray(at + 1, closing));
    at = skip(text, closing + 1);
    yield;
  }
  if (strings.length !== count) throw invalid(String(strings.length));
  const decoded: Uint8Array[] = [];
  for (const [index, string] of strings.entries()) {
    decoded.push(yield* decodeBase64(yield* resolveEscapes(string), `${field}.${index}`));
  }
  return decoded;
}

/** Skips white space, but only as much as a writer indents. More of it is not valid here. */
function skip(text: Buffer, from: number): number {
  let at = from;
  const end = from + MAX_INDENT;
  while (at < end && WHITE_SPACE.has(text[at] as number)) at += 1;
  return at;
}
