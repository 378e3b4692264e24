import { z } from 'zod';

/** What docs/stages.md says about a setting in addition to its values. */
export interface SettingNotes {
  /** What it is measured in; empty if it has no unit. */
  readonly unit: string;
  readonly reason: string;
}

/** One setting, with its unit and the reason for it. */
export function setting<Schema extends z.ZodType>(schema: Schema, unit: string, reason: string): Schema {
  const notes: SettingNotes = { unit, reason };
  return schema.meta({ ...notes }) as Schema;
}

/** @param unit what the number counts, for the error text. @default no unit */
export function integer(minimum: number, maximum: number, unit = '') {
  const expected = `expected a whole number ${unit ? `of ${unit} ` : ''}from ${minimum} to ${maximum}`;
  return z.int(expected).min(minimum, expected).max(maximum, expected);
}

/** A setting that is a whole number. */
export const integerSetting = (minimum: number, maximum: number, unit: string, reason: string) =>
  setting(integer(minimum, maximum, unit), unit, reason);

/** A number from `minimum` to `maximum`, both included. */
export function number(minimum: number, maximum: number) {
  const expected = `expected a number from ${minimum} to ${maximum}`;
  return z.number(expected).min(minimum, expected).max(maximum, expected);
}

/** A number above 0, up to `maximum`. */
export function positive(maximum: number) {
  const expected = `expected a number above 0 and up to ${maximum}`;
  return z.number(expected).gt(0, expected).max(maximum, expected);
}

export const percent = positive(100);

export const flag = z.boolean('expected true or false');

export function text(pattern: RegExp, expected: string) {
  return z.string(expected).regex(pattern, expected);
}

/** `off`, or the parameters of the feature. */
export const orOff = <Schema extends z.ZodType>(schema: Schema, expected: string) =>
  z.union([z.literal('off'), schema], { error: `expected "off" or ${expected}` });
