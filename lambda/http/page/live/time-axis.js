import { svg } from './dom.js';
import { clock } from './format.js';

/**
 * @typedef {import('./drawing.js').Frame} Frame
 *
 * Part of the axis, from `from` to `to` in pixels.
 *
 * @typedef {{ readonly from: number, readonly to: number }} Extent
 * @typedef {Extent & { readonly element: SVGElement }} Mark
 */

/** The seconds between two marks, by the length of the window in seconds. @type {Readonly<Record<number, number>>} */
const MARK_SECONDS = { 60: 15, 300: 60, 900: 180 };
/** The width of a character and the gap around a mark, in rem. */
const CHARACTER = 0.4;
const GAP = 0.25;

/**
 * @param {import('./view.js').View} view
 * @param {Frame} frame
 * @param {import('./paths.js').Place} place
 * @returns {Mark[]}
 */
export function timeMarks({ end, span, isNow }, { left, right, bottom, rem }, place) {
  const wanted = MARK_SECONDS[span] ?? span / 4;
  const isNarrow = (right - left) * (wanted / span) < 3 * rem;
  const step = isNarrow ? span : wanted;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => {
    const ago = index * step;
    const past = span > 60 ? `−${ago / 60} min` : `−${ago} s`;
    const text = ago > 0 ? past : isNow ? 'now' : '0';
    const x = place.x(end - ago);
    const width = text.length * CHARACTER * rem;
    const from = ago === 0 ? x - width : x - width / 2;
    const anchor = ago === 0 ? 'end' : 'middle';
    const element = svg('text', { x, y: bottom + 1.125 * rem, class: 'mark', 'text-anchor': anchor }, text);
    return { element, from: from - GAP * rem, to: from + width + GAP * rem };
  });
}

/**
 * The time of the second that is pointed at, below its line.
 *
 * @param {number} t
 * @param {number} x of the line
 * @param {Frame} frame
 * @returns {Extent & { readonly elements: readonly SVGElement[] }}
 */
export function timeLabel(t, x, { left, right, bottom, rem }) {
  const middle = Math.min(right - 1.75 * rem, Math.max(left + 1.75 * rem, x));
  const from = middle - 2 * rem;
  const width = 4 * rem;
  return {
    elements: [
      svg('rect', { x: from, y: bottom + 0.25 * rem, width, height: 1.25 * rem, rx: 0.25 * rem }),
      svg('text', { x: middle, y: bottom + 1.125 * rem, 'text-anchor': 'middle' }, clock(t)),
    ],
    from,
    to: from + width,
  };
}

/**
 * Hides the marks that a label would cover in part, and shows all others.
 *
 * @param {readonly Mark[]} marks
 * @param {Extent | undefined} label
 */
export function showMarksBeside(marks, label) {
  for (const { element, from, to } of marks) {
    element.classList.toggle('covered', label !== undefined && from < label.to && to > label.from);
  }
}
