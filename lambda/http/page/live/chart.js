import { secondAfterKey } from './cursor.js';
import { html, svg } from './dom.js';
import { cursorMarks, frameOf, highestOf, highestStack, limitLine, shapes, valueAxis } from './drawing.js';
import { clock } from './format.js';
import { createLegend } from './legend.js';
import { axis } from './scale.js';
import { showMarksBeside, timeMarks } from './time-axis.js';

/**
 * @typedef {import('./series.js').Series} Series
 * @typedef {import('./view.js').View} View
 * @typedef {import('./drawing.js').Frame} Frame
 *
 * @typedef {'Average' | 'Highest' | 'Total'} Summary
 *
 * @typedef {object} ChartPanel
 * @property {string} title
 * @property {string} unit of the vertical axis
 * @property {'lines' | 'area' | 'columns'} kind an area fills the first series; columns are stacked
 * @property {(view: View) => readonly Series[]} series
 * @property {readonly Summary[]} summaries of the window
 * @property {import('./format.js').Format} format
 * @property {string} suffix the unit after a value
 * @property {'whole' | 'binary'} [steps] of the axis: whole numbers, or powers of two. Default: any round numbers
 * @property {number} [top] of the axis. Default: a round number above all values
 * @property {(view: View) => { readonly name: string, readonly value: number } | undefined} [limit] a line
 * across the chart
 * @property {string} empty shown if the window has no values
 */

/**
 * A panel with a drawing over time and its legend. In the drawing, the arrow keys move from second to second.
 *
 * @param {ChartPanel} panel
 * @param {ReturnType<typeof import('./cursor.js').createCursor>} cursor
 */
export function createChart(panel, cursor) {
  const drawing = svg('svg', { 'aria-hidden': 'true' });
  const pointer = svg('g', { class: 'pointer' });
  const plot = html(
    'div',
    {
      class: 'plot',
      role: 'slider',
      tabindex: 0,
      'aria-label': `${panel.title}, second by second`,
      'aria-valuemin': 0,
      'aria-valuemax': 0,
      'aria-valuenow': 0,
      'aria-valuetext': 'No second chosen',
    },
    drawing,
  );
  const legend = createLegend(panel);
  const element = html('section', { class: 'card panel' }, html('h2', {}, panel.title), plot, legend.element);
  element.setAttribute('aria-label', panel.title);
  /** @type {{ view: View, series: readonly Series[], frame: Frame, place: import('./paths.js').Place,
   *   marks: readonly import('./time-axis.js').Mark[] } | undefined} */
  let drawn;

  /** @param {View} view */
  function draw(view) {
    const frame = frameOf(plot);
    const series = panel.series(view);
    const limit = panel.limit?.(view);
    const highest = Math.max(0, ...series.map((one) => highestOf(one, view)), limit?.value ?? 0);
    const stacked = panel.kind === 'columns' ? highestStack(series, view) : 0;
    const { top, ticks } = axis(panel.top ?? Math.max(highest, stacked), panel.steps);
    const place = {
      x: (/** @type {number} */ t) => frame.right - ((view.end - t) / view.span) * (frame.right - frame.left),
      y: (/** @type {number} */ value) =>
        frame.bottom - (Math.min(value, top) / top) * (frame.bottom - frame.top),
    };
    const marks = timeMarks(view, frame, place);
    drawn = { view, series, frame, place, marks };
    const values = shapes(panel, series, view, place);
    const parts = [
      ...valueAxis(panel, frame, place, ticks),
      ...marks.map(({ element: mark }) => mark),
      ...values,
    ];
    if (limit) parts.push(...limitLine(limit, frame, place));
    if (values.length === 0) {
      const [x, y] = [(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2];
      parts.push(
        svg(
          'text',
          { x, y, class: 'empty', 'text-anchor': 'middle' },
          view.isLoading ? 'Loading…' : panel.empty,
        ),
      );
    }
    drawing.replaceChildren(...parts, pointer);
    plot.setAttribute('aria-valuemax', String(view.span - 1));
    drawCursor();
  }

  function drawCursor() {
    if (!drawn) return;
    const { view, series, marks } = drawn;
    const t = cursor.second(view);
    legend.draw(view, series, t);
    if (t === undefined) showMarksBeside(marks, undefined);
    pointer.replaceChildren(...(t === undefined ? [] : cursorMarks(t, { panel, ...drawn })));
  }

  /** @param {number} t */
  function choose(t) {
    if (!drawn) return;
    const { view, series } = drawn;
    cursor.choose(t);
    // Only here, because a screen reader reads it aloud.
    plot.setAttribute('aria-valuenow', String(t - view.end + view.span - 1));
    const second = view.seconds.find((one) => one.t === t);
    plot.setAttribute('aria-valuetext', `${clock(t)}: ${legend.describe(series, second)}`);
  }

  plot.addEventListener('keydown', (event) => {
    if (!drawn) return;
    const from = cursor.second(drawn.view) ?? drawn.view.end;
    const t = secondAfterKey(event.key, from, drawn.view);
    if (event.key === 'Escape') cursor.clear();
    if (t === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choose(t);
  });
  plot.addEventListener('focus', () => {
    if (drawn && plot.matches(':focus-visible')) choose(drawn.view.end);
  });
  plot.addEventListener('blur', () => cursor.clear());
  /** @param {PointerEvent} event */
  function point({ clientX }) {
    if (!drawn) return;
    const { frame, view } = drawn;
    const share = (clientX - plot.getBoundingClientRect().left - frame.left) / (frame.right - frame.left);
    const ago = Math.floor((1 - share) * view.span);
    cursor.pointAt(Math.min(view.span - 1, Math.max(0, ago)));
  }

  plot.addEventListener('pointerdown', point);
  plot.addEventListener('pointermove', point);
  // A finger leaves when it is lifted, and the values should stay. A touch elsewhere clears them.
  plot.addEventListener('pointerleave', ({ pointerType }) => pointerType === 'touch' || cursor.clear());
  cursor.onChange(drawCursor);
  new ResizeObserver(() => drawn && draw(drawn.view)).observe(plot);
  return { element, draw };
}
