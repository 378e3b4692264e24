import { escapePattern } from '../../escape-pattern.ts';

/** Stands for what a page leaves out. */
export const REST = '…';

/** What differs from run to run, also where a page shows only its beginning. */
const VARIES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-(?:…|[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/g, 'UUID'],
  [/\b(upl|job|msg)_(?:…|[0-9a-f]{32}\b)/g, '$1_ID'],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/g, 'TIME'],
  [/\b(?=[a-f]*\d)[0-9a-f]{8,}(?:…|\b)/g, 'HASH'],
  [/\d+(?:\.\d+)?( min \d+)? (?:ms|s|min)\b/g, 'DURATION'],
];

const withoutVariety = (text: string): string =>
  VARIES.reduce((changed, [pattern, name]) => changed.replace(pattern, name), text);

/** Whether a text is the one that a page shows, where `…` stands for any part of it. */
export function isLike(shown: string, actual: string): boolean {
  const parts = withoutVariety(shown).split(REST);
  const pattern = parts.map(escapePattern).join('.*');
  // An id that the page shortens stands for itself.
  return [actual, withoutVariety(actual)].some((text) => new RegExp(`^${pattern}$`, 's').test(text));
}
