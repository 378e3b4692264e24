import { counted, megabytes, SPACE } from './format.js';
import { limits } from './settings.js';

/** @import { Problem } from './problem.js' */

/** The boundary and the headers of a file in a form. */
const PART_BYTES = 1000;

/** How large photos may be, and how many. A line may end between the two. */
export const limitsInWords = () =>
  [`up to ${megabytes(limits.imageBytes)} each`, `up to ${counted(limits.photos, 'photo')} at once`]
    .map((limit) => limit.replaceAll(' ', SPACE))
    .join(', ');

/** @param {File[]} files @returns {Problem | undefined} why none of them can be sent */
export function tooMany(files) {
  if (files.length <= limits.photos) return undefined;
  return {
    title: 'Too many photos',
    detail: `Choose at most ${limits.photos} photos at once. You chose ${files.length}.`,
  };
}

/** @param {File} file @returns {Problem | undefined} why it cannot be sent */
export function tooLarge({ size, name }) {
  if (size <= limits.imageBytes) return undefined;
  return {
    title: 'The photo is too large',
    detail:
      `${name || 'The photo'} has ${megabytes(size)}. This service takes photos of up to ` +
      `${megabytes(limits.imageBytes)}. Save it smaller or with more compression, and try again.`,
  };
}

/**
 * Divides files among as few requests as their order allows: a request has a largest size, which a few photos of
 * a phone reach on Lambda.
 *
 * @param {File[]} files none too large
 * @returns {File[][]}
 */
export function requestsFor(files) {
  /** @type {File[][]} */
  const requests = [];
  let free = 0;
  for (const file of files) {
    const bytes = file.size + PART_BYTES;
    if (requests.length === 0 || bytes > free) {
      requests.push([]);
      free = limits.uploadBytes;
    }
    requests.at(-1)?.push(file);
    free -= bytes;
  }
  return requests;
}
