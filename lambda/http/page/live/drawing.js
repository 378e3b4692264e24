import { svg } from './dom.js';
import { areaPath, columnsPath, linePath } from './paths.js';
import { showMarksBeside, timeLabel } from './time-axis.js';

/**
 * @typedef {import('./chart.js').ChartPanel} ChartPanel
 * @typedef {import('./series.js').Series} Series
 * @typedef {import('./paths.js').Place} Place
 * @typedef {import('./view.js').View} View
 */

/**
 * Where a chart draws, in pixels, and the size of its text.
 *
 * @typedef {{ readonly left: number, readonly right: number, readonly top: number, readonly bottom: number,
 *   readonly rem: number }} Frame
 */

/** The frame of a chart in its element. @param {Element} plot @returns {Frame} */
export function frameOf(plot) {
  const { width, height } = plot.getBoundingClientRect();
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return {
    left: 2.5 * rem,
    right: Math.max(2.5 * rem + 1, width - 0.5 * rem),
    top: 1.5 * rem,
    bottom: height - 1.5 * rem,
    rem,
  };
}

/** @param {Series} series @param {View} view */
export const highestOf = ({ value }, { seconds }) =>
  Math.max(0, ...seconds.map((second) => value(second) ?? 0));

/** @param {readonly Series[]} series @param {View} view */
export const highestStack = (series, { seconds }) =>
  Math.max(0, ...seconds.map((second) => series.reduce((all, { value }) => all + (value(second) ?? 0), 0)));

/**
 * The axis of the values.
 *
 * @param {ChartPanel} panel
 * @param {Frame} frame
 * @param {Place} place
 * @param {readonly number[]} ticks
 */
export function valueAxis({ unit }, { left, right, top, rem }, place, ticks) {
  const parts = [svg('text', { x: 0, y: top - 0.75 * rem, class: 'unit' }, unit)];
  for (const tick of ticks) {
    const y = Math.round(place.y(tick)) + 0.5;
    parts.push(svg('line', { x1: left, x2: right, y1: y, y2: y, class: tick === 0 ? 'zero' : 'grid' }));
    const text = tick.toLocaleString('en', { maximumFractionDigits: 3 });
    parts.push(svg('text', { x: left - 0.5 * rem, y: y + 0.25 * rem, 'text-anchor': 'end' }, text));
  }
  return parts;
}

/**
 * @param {ChartPanel} panel
 * @param {readonly Series[]} series
 * @param {View} view
 * @param {Place} place
 */
export function shapes({ kind }, series, { seconds }, place) {
  /** @type {SVGElement[]} */
  const parts = [];
  /** @param {string} d @param {string} look */
  const add = (d, look) => d && parts.push(svg('path', { d, class: look }));
  if (kind === 'columns') {
    const below = seconds.map(() => 0);
    for (const { look, value } of series) {
      const steps = seconds.map((second, index) => {
        const low = below[index] ?? 0;
        const high = low + (value(second) ?? 0);
        below[index] = high;
        return /** @type {const} */ ([second.t, low, high]);
      });
      add(columnsPath(steps, place), `column ${look}`);
    }
    return parts;
  }
  for (const [index, { look, value }] of series.entries()) {
    const points = seconds.flatMap((second) => {
      const y = value(second);
      return y === null ? [] : [/** @type {const} */ ([second.t, y])];
    });
    if (kind === 'area' && index === 0) add(areaPath(points, place), `area ${look}`);
    // A line along zero says nothing.
    if (index === 0 || points.some(([, y]) => y > 0)) add(linePath(points, place), `line ${look}`);
  }
  return parts;
}

/**
 * @param {{ readonly name: string, readonly value: number }} limit
 * @param {Frame} frame
 * @param {Place} place
 */
export function limitLine({ name, value }, { left, right, rem }, place) {
  const y = Math.round(place.y(value)) + 0.5;
  return [
    svg('line', { x1: left, x2: right, y1: y, y2: y, class: 'limit' }),
    svg('text', { x: right, y: y - 0.375 * rem, 'text-anchor': 'end', class: 'limit-name' }, name),
  ];
}

/**
 * The line at the second that is pointed at, its time, and a dot on each series.
 *
 * @param {number} t
 * @param {object} drawn
 * @param {ChartPanel} drawn.panel
 * @param {View} drawn.view
 * @param {readonly Series[]} drawn.series
 * @param {Frame} drawn.frame
 * @param {Place} drawn.place
 * @param {readonly import('./time-axis.js').Mark[]} drawn.marks
 */
export function cursorMarks(t, { panel, view, series, frame, place, marks }) {
  const { top, bottom, rem } = frame;
  const x = place.x(panel.kind === 'columns' ? t - 0.5 : t);
  const label = timeLabel(t, x, frame);
  showMarksBeside(marks, label);
  const parts = [svg('line', { x1: x, x2: x, y1: top, y2: bottom }), ...label.elements];
  const second = view.seconds.find((one) => one.t === t);
  if (!second || panel.kind === 'columns') return parts;
  for (const { look, value } of series) {
    const y = value(second);
    if (y !== null) parts.push(svg('circle', { cx: x, cy: place.y(y), r: 0.25 * rem, class: look }));
  }
  return parts;
}
