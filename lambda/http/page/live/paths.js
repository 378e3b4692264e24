/**
 * Where a value goes in the drawing.
 *
 * @typedef {{ readonly x: (t: number) => number, readonly y: (value: number) => number }} Place
 * @typedef {readonly [t: number, value: number]} Point
 * @typedef {readonly [t: number, low: number, high: number]} Step
 */

/** A line goes on over one missing second, which a busy service may skip. */
const MAX_STEP = 2;

/** @param {number} value */
const round = (value) => Math.round(10 * value) / 10;

/**
 * Splits a series where seconds are missing.
 *
 * @template {readonly [t: number, ...values: number[]]} Value
 * @param {readonly Value[]} values
 * @returns {Value[][]}
 */
function runs(values) {
  /** @type {Value[][]} */
  const all = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value[0] - before > MAX_STEP) all.push([]);
    all.at(-1)?.push(value);
    before = value[0];
  }
  return all;
}

/** @param {readonly Point[]} points @param {Place} place */
const corners = (points, place) =>
  points.map(([t, value]) => `${round(place.x(t))},${round(place.y(value))}`).join('L');

/**
 * A line from point to point. A single point is a line without length, which round caps make visible.
 *
 * @param {readonly Point[]} points
 * @param {Place} place
 */
export const linePath = (points, place) =>
  runs(points)
    .map((run) => `M${corners(run, place)}${run.length === 1 ? 'h0' : ''}`)
    .join('');

/**
 * The area between a line and zero.
 *
 * @param {readonly Point[]} points
 * @param {Place} place
 */
export const areaPath = (points, place) =>
  runs(points)
    .map((run) => {
      const [first, last] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? 0];
      const zero = round(place.y(0));
      return `M${round(place.x(first))},${zero}L${corners(run, place)}L${round(place.x(last))},${zero}Z`;
    })
    .join('');

/**
 * A column for each second, from its low to its high value.
 *
 * @param {readonly Step[]} steps
 * @param {Place} place
 */
export const columnsPath = (steps, place) =>
  steps
    .filter(([, low, high]) => high > low)
    .map(([t, low, high]) => {
      const [left, right] = [round(place.x(t - 1)), round(place.x(t))];
      return `M${left},${round(place.y(low))}V${round(place.y(high))}H${right}V${round(place.y(low))}Z`;
    })
    .join('');
