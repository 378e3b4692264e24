import { html, write } from './dom.js';
import { clock } from './format.js';

/**
 * @typedef {import('./chart.js').ChartPanel} ChartPanel
 * @typedef {import('./series.js').Series} Series
 * @typedef {import('./view.js').View} View
 */

/** @type {Readonly<Record<import('./chart.js').Summary, (values: readonly number[]) => number>>} */
const SUMMARIES = {
  Average: (values) => values.reduce((all, value) => all + value, 0) / values.length,
  Highest: (values) => Math.max(...values),
  Total: (values) => values.reduce((all, value) => all + value, 0),
};

/**
 * The table below a chart: the values of one second, and summaries of the window. It also is what a screen
 * reader reads in place of the drawing.
 *
 * @param {ChartPanel} panel
 */
export function createLegend({ title, format, suffix, summaries }) {
  const when = html('th', { scope: 'col' }, 'Now');
  const head = html(
    'tr',
    {},
    html('th', { scope: 'col' }, html('span', { class: 'visually-hidden' }, 'Series')),
    when,
  );
  for (const name of summaries) head.append(html('th', { scope: 'col' }, name));
  const body = html('tbody');
  const element = html(
    'table',
    { class: 'legend' },
    html('caption', { class: 'visually-hidden' }, title),
    html('thead', {}, head),
    body,
  );
  let shown = '';

  /** @param {number | null | undefined} value @param {string} unit */
  const text = (value, unit) =>
    value === null || value === undefined || !Number.isFinite(value) ? '–' : `${format(value)}${unit}`;

  return {
    element,
    /**
     * @param {View} view
     * @param {readonly Series[]} series
     * @param {number | undefined} second the one that is pointed at
     */
    draw({ seconds, isLoading, end, isNow }, series, second) {
      element.hidden = series.length === 0;
      const t = second ?? end;
      const at = seconds.findLast((one) => one.t === t);
      write(when, second === undefined && (isNow || isLoading) ? 'Now' : clock(t));
      when.classList.toggle('pointed', second !== undefined);
      const names = series.map(({ name, look }) => `${look} ${name}`).join('\n');
      if (names !== shown) {
        body.replaceChildren(...series.map(({ name, look }) => row(name, look, summaries.length + 1)));
        shown = names;
      }
      for (const [index, { value }] of series.entries()) {
        const cells = body.children[index]?.children ?? [];
        const values = seconds.map(value).filter((one) => one !== null);
        if (cells[1]) write(cells[1], text(at && value(at), suffix));
        for (const [column, name] of summaries.entries()) {
          const cell = cells[column + 2];
          const summary = values.length > 0 ? SUMMARIES[name](values) : undefined;
          if (cell) write(cell, text(summary, name === 'Total' ? '' : suffix));
        }
      }
    },
    /** What a screen reader says about a second. @param {readonly Series[]} series @param {import('./history.js').Second | undefined} second */
    describe: (series, second) =>
      second
        ? series.map(({ name, value }) => `${name} ${text(value(second), suffix)}`).join(', ')
        : 'nothing recorded',
  };
}

/** @param {string} name @param {string} look @param {number} cells */
function row(name, look, cells) {
  return html(
    'tr',
    {},
    html('th', { scope: 'row' }, html('span', { class: `swatch ${look}`, 'aria-hidden': 'true' }), name),
    ...Array.from({ length: cells }, () => html('td')),
  );
}
