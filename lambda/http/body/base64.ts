import type { ServiceError } from '../../errors.ts';
import type { Steps } from '../loop-share.ts';
import { invalidFields } from '../validate.ts';

const DATA_URL_PREFIX = /^data:[^,]{0,255};base64,/i;
const MAX_PREFIX_LENGTH = 'data:;base64,'.length + 255;
const [CR, LF, TAB, SPACE] = [0x0d, 0x0a, 0x09, 0x20] as const;
const PADDING = '='.charCodeAt(0);
/** Characters handled in a step; a multiple of 4. */
const PIECE = 2 ** 16;

/**
 * Decodes base64, or a base64 data URL, in place: the bytes overwrite the text, so decoding needs no extra
 * memory. White space is skipped, and the URL-safe alphabet is accepted.
 *
 * @param text ASCII; overwritten.
 * @param field the name of the field that held the text, for the error.
 * @returns the beginning of `text`, which now holds the bytes.
 * @throws ServiceError `invalid_request` naming the field.
 */
export function* decodeBase64(text: Uint8Array, field: string): Steps<Uint8Array> {
  const buffer = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const prefix = DATA_URL_PREFIX.exec(buffer.toString('latin1', 0, MAX_PREFIX_LENGTH))?.[0].length ?? 0;
  const end = withoutPadding(buffer, yield* removeWhiteSpace(buffer, prefix));
  let written = 0;
  for (let at = prefix; at < end; at += PIECE) {
    const piece = buffer.toString('latin1', at, Math.min(at + PIECE, end));
    const bytes = buffer.write(piece, written, 'base64');
    // Node.js skips invalid characters. If there are none, every four characters give three bytes.
    if (bytes !== Math.floor((piece.length * 3) / 4) || piece.length % 4 === 1) throw invalidBase64(field);
    written += bytes;
    yield;
  }
  if (written === 0) throw invalidBase64(field);
  return text.subarray(0, written);
}

/** The most characters that `bytes` bytes take in base64, with line breaks and the prefix of a data URL. */
export function base64Length(bytes: number): number {
  return Math.ceil((bytes / 3) * 4 * (78 / 76)) + 1024;
}

/** @returns the end of the remaining text. */
function* removeWhiteSpace(buffer: Buffer, start: number): Steps<number> {
  if (![CR, LF, TAB, SPACE].some((one) => buffer.includes(one, start))) return buffer.length;
  let to = start;
  for (let from = start; from < buffer.length; ) {
    yield;
    for (const end = Math.min(from + PIECE, buffer.length); from < end; from += 1) {
      const character = buffer[from] as number;
      buffer[to] = character;
      if (character !== CR && character !== LF && character !== TAB && character !== SPACE) to += 1;
    }
  }
  return to;
}

function withoutPadding(buffer: Buffer, end: number): number {
  if (buffer[end - 1] !== PADDING) return end;
  return buffer[end - 2] === PADDING ? end - 2 : end - 1;
}

function invalidBase64(field: string): ServiceError {
  return invalidFields([{ field, message: 'expected base64 or a base64 data URL, got something else' }]);
}
