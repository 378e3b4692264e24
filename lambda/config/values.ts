import { z } from 'zod';

const alternatives = new Intl.ListFormat('en', { type: 'disjunction', style: 'long' });

/**
 * A whole number in an environment variable, in plain digits: `0x50`, `1e3` and `+80` are refused.
 *
 * @param unit what it counts, for the error text; empty for a plain number.
 */
export function wholeNumber(unit: string, minimum: number, maximum: number) {
  const error = `expected a whole number ${unit && `of ${unit} `}from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .pipe(z.number().min(minimum, { error }).max(maximum, { error }));
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected ${alternatives.format(values)}` });
}

export const onOff = oneOf(['on', 'off']).transform((value) => value === 'on');

/** Name of a deployment stage; a dimension of every metric. */
export const stageName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected a short lower-case name such as prod')
  .default('local');
