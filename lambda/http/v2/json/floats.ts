import type { ServiceError } from '../../../errors.ts';
import type { Steps } from '../../loop-share.ts';
import { invalidFields } from '../../validate.ts';
import { shorten } from '../../wording.ts';
import { valuesIn } from '../tensors.ts';
import { NumberReader } from './number-reader.ts';

/** Bytes parsed in a step: a few thousand numbers. */
const STEP = 2 ** 14;
const [OPEN, CLOSE, COMMA, SPACE, TAB, LF, CR] = Buffer.from('[], \t\n\r');

/**
 * Reads a JSON array of numbers into float32. It may be flat, or nested as its shape says: row-major order, as the
 * protocol has it.
 *
 * @param text the array with its brackets.
 * @param shape with the batch; `target` has room for it.
 * @param field the name of the array in errors.
 * @throws ServiceError `invalid_request` for anything but numbers that float32 can hold, and for another number of
 *   them anywhere.
 */
export function* readFloats(
  text: Buffer,
  shape: readonly number[],
  field: string,
  target: Float32Array,
): Steps<void> {
  const reader = new FloatArrayReader(text, shape, field, target);
  while (!reader.readUntil(reader.at + STEP)) yield;
}

class FloatArrayReader {
  readonly #text: Buffer;
  readonly #numbers: NumberReader;
  readonly #field: string;
  readonly #target: Float32Array;
  /** The number of values in an array, by its depth from 1. */
  readonly #sizes: readonly number[];
  /** How many values came before each array that is open. */
  readonly #opened: number[] = [];
  /** How deep the numbers are: 1 in a flat array, else the number of dimensions. 0 before the first number. */
  #depth = 0;
  #count = 0;
  /** Whether a comma or the end of an array must follow. */
  #isAfterValue = false;
  /** Whether a comma was last. */
  #isAfterComma = false;
  at = 0;

  constructor(text: Buffer, shape: readonly number[], field: string, target: Float32Array) {
    this.#text = text;
    this.#numbers = new NumberReader(text);
    this.#field = field;
    this.#target = target;
    this.#sizes = shape.map((_, axis) => valuesIn(shape.slice(axis)));
  }

  /** @returns whether the array is complete. */
  readUntil(end: number): boolean {
    const text = this.#text;
    while (this.at < end && this.at < text.length) {
      const character = text[this.at];
      if (character === SPACE || character === COMMA) {
        if (character === COMMA) this.#separate();
        this.at += 1;
      } else if (character === OPEN) {
        this.#open();
      } else if (character === CLOSE) {
        if (this.#close()) return this.#finish();
      } else if (character === LF || character === CR || character === TAB) {
        this.at += 1;
      } else {
        this.#addNumber();
      }
    }
    return false;
  }

  #separate(): void {
    if (!this.#isAfterValue) throw this.#invalid('a number before each comma', 'a comma');
    this.#isAfterValue = false;
    this.#isAfterComma = true;
  }

  #open(): void {
    const isTooDeep = this.#opened.length === (this.#depth || this.#sizes.length);
    if (this.#isAfterValue || isTooDeep) throw this.#invalid(this.#expected(), 'an array');
    this.#opened.push(this.#count);
    this.#isAfterComma = false;
    this.at += 1;
  }

  /** @returns whether this is the last array. */
  #close(): boolean {
    if (this.#isAfterComma) throw this.#invalid('a number after each comma', 'the end of the array');
    const depth = this.#opened.length;
    const count = this.#count - (this.#opened.pop() as number);
    const expected = this.#sizes[depth - 1] as number;
    if (count !== expected)
      throw this.#invalid(`${expected} numbers in each array of this depth`, String(count));
    this.#isAfterValue = true;
    this.at += 1;
    return depth === 1;
  }

  #finish(): true {
    if (this.at < this.#text.length) throw this.#invalid('one array', 'more');
    return true;
  }

  #addNumber(): void {
    const depth = this.#opened.length;
    this.#depth ||= depth;
    const isRightDepth = depth === this.#depth && (depth === 1 || depth === this.#sizes.length);
    const value = this.#numbers.read(this.at);
    if (Number.isNaN(value) || this.#isAfterValue || !isRightDepth) {
      throw this.#invalid(this.#expected(), this.#shown());
    }
    if (this.#count >= this.#target.length) throw this.#invalid(`${this.#target.length} numbers`, 'more');
    this.#target[this.#count] = value;
    if (!Number.isFinite(this.#target[this.#count])) {
      throw this.#invalid('a number that FP32 can hold', this.#shown());
    }
    this.#count += 1;
    this.#isAfterValue = true;
    this.#isAfterComma = false;
    this.at = this.#numbers.at;
  }

  #expected(): string {
    const rank = this.#sizes.length;
    return `numbers in one flat array, or in arrays nested ${rank} deep as the shape says`;
  }

  /** The beginning of what is at the current position. */
  #shown(): string {
    const text = this.#text.toString('latin1', this.at, this.at + 32);
    return shorten(/^[^,[\]\s]+/.exec(text)?.[0] ?? 'something else');
  }

  #invalid(expected: string, got: string): ServiceError {
    return invalidFields([
      { field: this.#field, message: `expected ${expected}, got ${got} (position ${this.#count})` },
    ]);
  }
}
