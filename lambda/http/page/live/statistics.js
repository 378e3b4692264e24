/** @typedef {import('./history.js').Second} Second */

/**
 * @param {readonly Second[]} seconds
 * @param {(second: Second) => number} value
 */
export const sum = (seconds, value) => seconds.reduce((total, second) => total + value(second), 0);

/** @param {Readonly<Record<string, number>>} counts */
export const total = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);

/**
 * Counts by name over all seconds, the largest first; equal counts by name.
 *
 * @param {readonly Second[]} seconds
 * @param {(second: Second) => Readonly<Record<string, number>>} counts
 * @returns {(readonly [name: string, count: number])[]}
 */
export function tally(seconds, counts) {
  /** @type {Map<string, number>} */
  const all = new Map();
  for (const second of seconds) {
    for (const [name, count] of Object.entries(counts(second))) all.set(name, (all.get(name) ?? 0) + count);
  }
  return [...all].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
