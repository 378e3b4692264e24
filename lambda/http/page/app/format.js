/** Where a line must not end. */
export const SPACE = '\u00a0';

/** @param {number} probability 0 to 1 */
export function percent(probability) {
  const share = 100 * probability;
  return share > 0 && share < 0.1 ? `<${SPACE}0.1${SPACE}%` : `${share.toFixed(1)}${SPACE}%`;
}

/** @param {number} value milliseconds */
export const ms = (value) => `${value.toFixed(1)}${SPACE}ms`;

/** In MB, and in kB where that would be less than 0.1 MB. @param {number} bytes */
export function megabytes(bytes) {
  if (bytes < 100_000) return `${Math.ceil(bytes / 1000)}${SPACE}kB`;
  return `${(bytes / 1e6).toFixed(1).replace(/\.0$/, '')}${SPACE}MB`;
}

/** @param {number} count @param {string} noun in the singular */
export const counted = (count, noun) => `${count}${SPACE}${noun}${count === 1 ? '' : 's'}`;
