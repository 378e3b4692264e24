/** @import { Evidence } from './evidence.js' */
/** @import { ImageFacts, Region } from './request.js' */

const ACROSS = ['left', 'centre', 'right'];
const DOWN = ['upper', 'middle', 'lower'];

/**
 * Where in the photo the evidence for a class is strongest, in words.
 *
 * @param {Evidence} evidence
 * @param {Region} region what the evidence is from
 * @param {ImageFacts} image
 * @returns {string} such as "strongest in the upper left"
 */
export function placeInWords({ values, maximum }, region, image) {
  if (maximum <= 0) return 'no part of the photo speaks for it';
  const row = values.findIndex((cells) => cells.includes(maximum));
  const cells = values[row] ?? [];
  const column = cells.indexOf(maximum);
  const down = third((region.top + ((row + 0.5) / values.length) * region.height) / image.height);
  const across = third((region.left + ((column + 0.5) / cells.length) * region.width) / image.width);
  if (down === 1 && across === 1) return 'strongest in the centre';
  if (down === 1) return `strongest on the ${ACROSS[across]}`;
  if (across === 1) return `strongest in the ${DOWN[down]} part`;
  return `strongest in the ${DOWN[down]} ${ACROSS[across]}`;
}

const third = (/** @type {number} */ share) => Math.min(Math.floor(share * 3), 2);
