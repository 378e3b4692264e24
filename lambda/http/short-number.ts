/**
 * The number of the fewest digits, but at least six, that is the same float32. In JSON it takes about half of the
 * characters of the exact value.
 *
 * @param value a float32.
 * @example shortNumber(Math.fround(0.1)) // 0.1
 */
export function shortNumber(value: number): number {
  for (const digits of [6, 7, 8]) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}
