import { z } from 'zod';

/** What is known of a setting beside its shape; docs/stages.md is made from it. */
export interface SettingNotes {
  /** What it is measured in; empty where it has no unit. */
  readonly unit: string;
  readonly reason: string;
}

/** One setting with its unit and the reason it is there. */
export function setting<Schema extends z.ZodType>(schema: Schema, unit: string, reason: string): Schema {
  const notes: SettingNotes = { unit, reason };
  return schema.meta({ ...notes }) as Schema;
}

export function integer(minimum: number, maximum: number) {
  const expected = `expected a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).min(minimum, expected).max(maximum, expected);
}

const aboveZero = 'expected a number above 0 and up to 100';
export const percent = z.number(aboveZero).gt(0, aboveZero).max(100, aboveZero);

export const off = z.literal('off');

/** `off`, or what the feature needs. */
export const orOff = <Schema extends z.ZodType>(schema: Schema, expected: string) =>
  z.union([off, schema], { error: `expected "off" or ${expected}` });
