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

/** Mantissas below have at most six digits more than a double can hold, each of which may round. */
const NEARLY_EXACT = 1e22;
/** Far more than the error of a mantissa and of a scale that were rounded so often. */
const MARGIN = 2 ** -48;

/**
 * Reads JSON numbers out of text, one after the other, for a float32. Rounded to float32, they are what `JSON.parse`
 * would give.
 *
 * Most take no copy of their text. With a mantissa and a power of ten that doubles hold exactly, one multiplication or
 * division rounds correctly (William Clinger, "How to read floating point numbers accurately", 1990). With a longer
 * mantissa it does not, but the error matters only near the middle between two numbers of float32.
 */
export class NumberReader {
  readonly #text: Buffer;
  /** The position after the last number. */
  at = 0;

  constructor(text: Buffer) {
    this.#text = text;
  }

  /** A double near the number that begins at `start`, or NaN if there is none that JSON allows. */
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
      mantissa = mantissa * 10 + (digit - ZERO);
      at += 1;
    }
    if (text[at] === POINT) {
      at += 1;
      if (!isDigit(text[at])) return Number.NaN;
      for (let digit = text[at]; isDigit(digit) && at < end; digit = text[at]) {
        mantissa = mantissa * 10 + (digit - ZERO);
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
        power = power * 10 + (digit - ZERO);
        at += 1;
      }
      exponent += isNegativePower ? -power : power;
    }
    if (at >= end) return Number.NaN;
    this.at = at;
    const scale = POWERS[Math.abs(exponent)];
    if (scale !== undefined && mantissa < NEARLY_EXACT) {
      const value = exponent < 0 ? mantissa / scale : mantissa * scale;
      if (mantissa < EXACT || isFarFromMiddle(value)) return isNegative ? -value : value;
    }
    return Number(text.toString('latin1', start, at));
  }
}

/** Whether every number this near rounds to the same float32. */
const isFarFromMiddle = (value: number): boolean =>
  Math.fround(value * (1 - MARGIN)) === Math.fround(value * (1 + MARGIN));
