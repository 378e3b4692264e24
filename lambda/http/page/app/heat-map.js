/** @import { Evidence } from './evidence.js' */

/**
 * Every eighth of inferno, a colour map whose lightness grows evenly, as red, green and blue. From matplotlib's
 * `_cm_listed.py`, which is CC0.
 */
const INFERNO = [
  [0, 0, 4],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
];

/** Evidence below this share of the most is noise, and leaves the photo as it is. */
const CLEAR_BELOW = 0.15;

/**
 * Paints where the evidence for a class is. What speaks against the class is as transparent as what is neutral.
 *
 * @param {HTMLCanvasElement} canvas covers the region that the evidence is from
 * @param {Evidence} evidence
 * @param {number} most the value that gets the strongest colour. The same for all classes of a photo, so that a class
 *   with less evidence looks weaker
 */
export function paintHeatMap(canvas, { values }, most) {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  const image = context.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = interpolated(values, (x + 0.5) / width, (y + 0.5) / height);
      image.data.set(colourOf(most > 0 ? value / most : 0), 4 * (y * width + x));
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * Bicubic, through the centres of the cells (Catmull and Rom 1974): bilinear shows the grid as stars.
 *
 * @param {number[][]} values rows from the top
 * @param {number} right 0 to 1, from the left
 * @param {number} down 0 to 1, from the top
 */
function interpolated(values, right, down) {
  return spline(values.length, down, (row) => {
    const cells = values[row] ?? [];
    return spline(cells.length, right, (column) => cells[column] ?? 0);
  });
}

/**
 * @param {number} count of values. Beyond the first and the last, they go on unchanged
 * @param {number} share the place among them, 0 to 1
 * @param {(index: number) => number} valueAt
 */
function spline(count, share, valueAt) {
  const place = share * count - 0.5;
  const start = Math.floor(place);
  const t = place - start;
  const near = (/** @type {number} */ step) => valueAt(Math.min(Math.max(start + step, 0), count - 1));
  const [a, b, c, d] = [near(-1), near(0), near(1), near(2)];
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** @param {number} share of the most evidence @returns {[number, number, number, number]} red, green, blue, alpha */
function colourOf(share) {
  const strength = Math.min(Math.max(share, 0), 1);
  const place = strength * (INFERNO.length - 1);
  const stop = Math.min(Math.floor(place), INFERNO.length - 2);
  const [from = [], to = []] = [INFERNO[stop], INFERNO[stop + 1]];
  const channel = (/** @type {number} */ index) =>
    (from[index] ?? 0) + ((to[index] ?? 0) - (from[index] ?? 0)) * (place - stop);
  const alpha = Math.min(Math.max((strength - CLEAR_BELOW) / (0.6 - CLEAR_BELOW), 0), 1);
  return [channel(0), channel(1), channel(2), 255 * alpha];
}
