/** @import { ActivationMap, ImageFacts, Region } from './request.js' */

const ACROSS = ['left', 'centre', 'right'];
const DOWN = ['upper', 'middle', 'lower'];

/**
 * Where in the photo the evidence for a class is strongest, in words.
 *
 * @param {ActivationMap} map
 * @param {Region} region what the map is of
 * @param {ImageFacts} image
 * @returns {string} such as "strongest in the upper left"
 */
export function placeInWords({ values, maximum }, region, image) {
  if (maximum <= 0) return 'no part of the photo speaks for it';
  const row = values.findIndex((cells) => cells.includes(maximum));
  // The maximum may have been rounded in another way than the values.
  const cells = values[row] ?? values.toSorted((a, b) => Math.max(...b) - Math.max(...a))[0] ?? [];
  const column = cells.indexOf(Math.max(...cells));
  const down = third(
    (region.top + ((values.indexOf(cells) + 0.5) / values.length) * region.height) / image.height,
  );
  const across = third((region.left + ((column + 0.5) / cells.length) * region.width) / image.width);
  if (down === 1 && across === 1) return 'strongest in the centre';
  if (down === 1) return `strongest on the ${ACROSS[across]}`;
  if (across === 1) return `strongest in the ${DOWN[down]} part`;
  return `strongest in the ${DOWN[down]} ${ACROSS[across]}`;
}

const third = (/** @type {number} */ share) => Math.min(Math.floor(share * 3), 2);
