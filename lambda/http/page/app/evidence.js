/** @import { ActivationMap } from './request.js' */

/**
 * What speaks for a class at each place of a photo.
 *
 * @typedef {{ rank: number, values: number[][], maximum: number }} Evidence
 */

/**
 * Probabilities do not change if the same is added to all classes. So only the differences between classes mean
 * something: what speaks for a class is how far its map is above the mean of all maps. A part of the photo that lowers
 * all classes, and this one least, speaks for it.
 *
 * @param {readonly ActivationMap[]} maps of one photo. One alone is taken as it is
 * @returns {Map<number, Evidence>} by the rank of the class
 */
export function evidenceOf(maps) {
  const meanAt = (/** @type {number} */ row, /** @type {number} */ column) =>
    maps.length < 2
      ? 0
      : maps.reduce((sum, { values }) => sum + (values[row]?.[column] ?? 0), 0) / maps.length;
  return new Map(
    maps.map((map) => {
      const values = map.values.map((cells, row) =>
        cells.map((value, column) => value - meanAt(row, column)),
      );
      return [map.rank, { rank: map.rank, values, maximum: Math.max(...values.flat()) }];
    }),
  );
}
