import { z } from 'zod';

/*
 * docs/settings.md is made from the schemas: what a setting does is its description, and its type, unit and range are
 * in the error text for any other value.
 */

/** Such as "a number of days". */
function numberOf(unit: string): string {
  if (unit === 'percent') return 'a percentage';
  return unit === '' ? 'a number' : `a number of ${unit}`;
}

/** @param unit what the number counts, for the error text. @default no unit */
export function integer(minimum: number, maximum: number, unit = '') {
  const expected = `expected a whole number ${unit ? `of ${unit} ` : ''}from ${minimum} to ${maximum}`;
  return z.int(expected).min(minimum, expected).max(maximum, expected);
}

/** A number from `minimum` to `maximum`, both included. */
export function number(minimum: number, maximum: number, unit = '') {
  const expected = `expected ${numberOf(unit)} from ${minimum} to ${maximum}`;
  return z.number(expected).min(minimum, expected).max(maximum, expected);
}

/** A number above 0, up to `maximum`. */
export function positive(maximum: number, unit = '') {
  const expected = `expected ${numberOf(unit)} above 0 and up to ${maximum}`;
  return z.number(expected).gt(0, expected).max(maximum, expected);
}

export const percent = positive(100, 'percent');

export const flag = z.boolean('expected true or false');

export function text(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, expected);
}

/** `off`, or the parameters of the feature. */
export const orOff = <Schema extends z.ZodType>(schema: Schema, expected: string) =>
  z.union([z.literal('off'), schema], { error: `expected "off" or ${expected}` });
