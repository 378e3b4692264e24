import { z } from 'zod';

/**
 * `*` or a list of origins, separated by commas. Browsers send an origin as the URL standard writes it, so one that is
 * written otherwise would never match and is refused.
 */
export const originsSchema = z
  .string()
  .transform((value) => value.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every(isOrigin) || (list.length === 1 && list[0] === '*'),
    'expected *, or origins such as https://app.example.com, lower-case, without a path, separated by commas',
  )
  .transform((list) => (list[0] === '*' ? ('*' as const) : list));

function isOrigin(value: string): boolean {
  return /^https?:[^*]+$/.test(value) && URL.parse(value)?.origin === value;
}
