import { nearest } from '../../../lib/settings/nearest.ts';

/** The end of an error about a name that is not known: the one that was perhaps meant, or nothing if none is like it. */
export function didYouMean(given: string, known: readonly string[]): string {
  const meant = nearest(given, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
