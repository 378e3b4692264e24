import type { Steps } from '../../loop-share.ts';

const BACKSLASH = '\\'.charCodeAt(0);
const UNICODE = 'u'.charCodeAt(0);

/** The character that each escape stands for, by character codes. NUL for any other. */
const ESCAPES = new Uint8Array(256);
for (const [kind = '', character = ''] of ['n\n', 'r\r', 't\t', '//', '""', '\\\\']) {
  ESCAPES[kind.charCodeAt(0)] = character.charCodeAt(0);
}

/** Characters resolved in a step. */
const STEP = 2 ** 16;

/**
 * Resolves JSON's escapes in place. Some writers escape the slash and the plus sign of base64, or break its
 * lines. An escape of any other character becomes NUL, which base64 does not know.
 *
 * @param text the inside of a JSON string; overwritten.
 * @returns the beginning of `text`.
 */
export function* resolveEscapes(text: Buffer): Steps<Buffer> {
  let from = text.indexOf(BACKSLASH);
  if (from < 0) return text;
  let to = from;
  while (from < text.length) {
    for (const end = Math.min(from + STEP, text.length); from < end; to += 1) {
      let character = text[from] as number;
      from += 1;
      if (character === BACKSLASH) {
        const kind = text[from] as number;
        character = kind === UNICODE ? asciiOfHex(text, from + 1) : (ESCAPES[kind] ?? 0);
        from += kind === UNICODE ? 5 : 1;
      }
      text[to] = character;
    }
    yield;
  }
  return text.subarray(0, to);
}

/** The ASCII character of four hexadecimal digits; NUL for any other character, or without such digits. */
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
