/** Longer than any number that a program writes. */
const MAX_NUMBER_BYTES = 128;
/** Numbers below have an exact mantissa. */
const EXACT = 2 ** 53;
/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const [MINUS, PLUS, POINT, ZERO, NINE, SMALL_E, LARGE_E] = Buffer.from('-+.09eE') as unknown as readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

const isDigit = (character: number | undefined): character is number =>
  character !== undefined && character >= ZERO && character <= NINE;

/**
 * Reads JSON numbers out of text, one after the other. Most take no copy of their text: with a mantissa and a power of
 * ten that doubles hold exactly, one multiplication or division rounds correctly (William Clinger, "How to read
 * floating point numbers accurately", 1990).
 */
export class NumberReader {
  readonly #text: Buffer;
  /** The position after the last number. */
  at = 0;

  constructor(text: Buffer) {
    this.#text = text;
  }

  /** The number that begins at `start`, or NaN if there is none that JSON allows. */
  read(start: number): number {
    const text = this.#text;
    let at = start;
    let mantissa = 0;
    let exponent = 0;
    const isNegative = text[at] === MINUS;
    if (isNegative) at += 1;
    if (!isDigit(text[at])) return Number.NaN;
    const hasLeadingZero = text[at] === ZERO && isDigit(text[at + 1]);
    if (hasLeadingZero) return Number.NaN;
    const end = start + MAX_NUMBER_BYTES;
    for (let digit = text[at]; isDigit(digit) && at < end; digit = text[at]) {
      mantissa = mantissa * 10 + digit - ZERO;
      at += 1;
    }
    if (text[at] === POINT) {
      at += 1;
      if (!isDigit(text[at])) return Number.NaN;
      for (let digit = text[at]; isDigit(digit) && at < end; digit = text[at]) {
        mantissa = mantissa * 10 + digit - ZERO;
        exponent -= 1;
        at += 1;
      }
    }
    if (text[at] === SMALL_E || text[at] === LARGE_E) {
      at += 1;
      const isNegativePower = text[at] === MINUS;
      if (isNegativePower || text[at] === PLUS) at += 1;
      if (!isDigit(text[at])) return Number.NaN;
      let power = 0;
      for (let digit = text[at]; isDigit(digit) && at < end; digit = text[at]) {
        power = power * 10 + digit - ZERO;
        at += 1;
      }
      exponent += isNegativePower ? -power : power;
    }
    if (at >= end) return Number.NaN;
    this.at = at;
    if (mantissa >= EXACT || exponent < -22 || exponent > 22)
      return Number(text.toString('latin1', start, at));
    const scale = POWERS[Math.abs(exponent)] as number;
    const value = exponent < 0 ? mantissa / scale : mantissa * scale;
    return isNegative ? -value : value;
  }
}
