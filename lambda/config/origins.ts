import { z } from 'zod';

/**
 * `*`, or a list of origins separated by commas. Browsers send an origin in the form of the URL standard. An
 * origin in any other form would never match, so it is refused.
 */
export const originsSchema = z
  .string()
  .transform((value) => value.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every(isOrigin) || (list.length === 1 && list[0] === '*'),
    'expected *, or origins such as https://app.example.com, in lower case, without a path, separated by commas',
  )
  .transform((list) => (list[0] === '*' ? ('*' as const) : list));

function isOrigin(value: string): boolean {
  return /^https?:[^*]+$/.test(value) && URL.parse(value)?.origin === value;
}
