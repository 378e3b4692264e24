/**
 * mulberry32 by Tommy Ettinger (public domain;
 * gist.github.com/tommyettinger/46a874533244883189143505d203312c, in JavaScript by bryc,
 * github.com/bryc/code). It has 32 bits of state; every step adds a constant and mixes. That is enough to
 * choose bytes, and gives the same numbers everywhere.
 */
export class Random {
  #state: number;

  /** @param seed an integer of 32 bits */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }
}
