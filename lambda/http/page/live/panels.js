import { SERVER_ERRORS } from './errors.js';
import { MIB, number, percent, whole } from './format.js';
import { tally, total } from './statistics.js';

/**
 * @typedef {import('./history.js').Second} Second
 * @typedef {import('./view.js').View} View
 * @typedef {'Average' | 'Highest' | 'Total'} Summary
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {string} look classes of live.css: a colour, and how the line is broken
 * @property {(second: Second) => number | null} value null if there was nothing to measure
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

const MAX_CODES = 5;
const OF_SERVICE = ['red', 'orange', 'pink'];
const OF_CLIENT = ['violet', 'gold', 'teal', 'blue'];

/** Gives each code a colour that it keeps. */
function createErrorLooks() {
  /** @type {Map<string, string>} */
  const looks = new Map();
  const given = { service: 0, client: 0 };
  return (/** @type {string} */ code) => {
    const known = looks.get(code);
    if (known) return known;
    const look = SERVER_ERRORS.has(code)
      ? OF_SERVICE[given.service++ % OF_SERVICE.length]
      : OF_CLIENT[given.client++ % OF_CLIENT.length];
    looks.set(code, look ?? 'grey');
    return look ?? 'grey';
  };
}

const lookOf = createErrorLooks();

/** The most frequent codes of the window, and one series for all others. @param {View} view @returns {Series[]} */
function errorSeries({ seconds }) {
  const codes = tally(seconds, ({ errors }) => errors).map(([code]) => code);
  const named = codes.slice(0, codes.length > MAX_CODES + 1 ? MAX_CODES : MAX_CODES + 1);
  const series = named.map((code) => ({
    name: code,
    look: lookOf(code),
    value: (/** @type {Second} */ { errors }) => errors[code] ?? 0,
  }));
  if (named.length === codes.length) return series;
  const value = (/** @type {Second} */ { errors }) =>
    total(errors) - named.reduce((all, code) => all + (errors[code] ?? 0), 0);
  return [...series, { name: 'all others', look: 'grey', value }];
}

/** @type {readonly ChartPanel[]} */
export const TRAFFIC = [
  {
    title: 'Requests',
    unit: 'requests/s',
    kind: 'area',
    series: () => [
      { name: 'answered', look: 'blue', value: ({ requests }) => requests },
      { name: 'refused', look: 'red dashed', value: ({ refused }) => refused },
    ],
    summaries: ['Average', 'Highest'],
    format: number,
    suffix: '\u2009/s',
    steps: 'whole',
    empty: 'No requests in this window',
  },
  {
    title: 'Latency of predictions',
    unit: 'ms',
    kind: 'lines',
    series: () => [
      { name: 'p50', look: 'blue', value: ({ latency_ms: latency }) => latency?.p50 ?? null },
      { name: 'p95', look: 'orange', value: ({ latency_ms: latency }) => latency?.p95 ?? null },
      { name: 'p99', look: 'violet dashed', value: ({ latency_ms: latency }) => latency?.p99 ?? null },
    ],
    summaries: ['Highest'],
    format: number,
    suffix: '\u00a0ms',
    empty: 'No predictions in this window',
  },
  {
    title: 'Errors by code',
    unit: 'errors/s',
    kind: 'columns',
    series: errorSeries,
    summaries: ['Total'],
    format: number,
    suffix: '\u2009/s',
    steps: 'whole',
    empty: 'No errors in this window',
  },
  {
    title: 'Predictions',
    unit: 'images/s',
    kind: 'area',
    series: () => [
      { name: 'all', look: 'teal', value: ({ predictions }) => predictions },
      { name: 'of low confidence', look: 'orange dashed', value: (second) => second.low_confidence },
    ],
    summaries: ['Average', 'Total'],
    format: number,
    suffix: '\u2009/s',
    steps: 'whole',
    empty: 'No predictions in this window',
  },
];

/** @type {Readonly<Record<string, string>>} */
const FORMAT_LOOKS = { jpeg: 'blue', png: 'teal', webp: 'violet', avif: 'orange', gif: 'gold', tiff: 'pink' };

/** @type {ChartPanel} */
export const FORMATS = {
  title: 'Formats',
  unit: 'images/s',
  kind: 'columns',
  series: ({ seconds }) =>
    tally(seconds, ({ formats }) => formats).map(([format]) => ({
      name: format.toUpperCase(),
      look: FORMAT_LOOKS[format] ?? 'grey',
      value: ({ formats }) => formats[format] ?? 0,
    })),
  summaries: ['Average', 'Total'],
  format: number,
  suffix: '\u2009/s',
  steps: 'whole',
  empty: 'No images in this window',
};

/** @type {readonly ChartPanel[]} */
export const RESOURCES = [
  {
    title: 'Decoding and inference',
    unit: 'ms',
    kind: 'lines',
    series: () => [
      { name: 'decoding p50', look: 'teal', value: ({ decode_ms: decode }) => decode?.p50 ?? null },
      { name: 'decoding p95', look: 'teal dashed', value: ({ decode_ms: decode }) => decode?.p95 ?? null },
      { name: 'inference p50', look: 'violet', value: ({ inference_ms: run }) => run?.p50 ?? null },
      { name: 'inference p95', look: 'violet dashed', value: ({ inference_ms: run }) => run?.p95 ?? null },
    ],
    summaries: ['Highest'],
    format: number,
    suffix: '\u00a0ms',
    empty: 'No predictions in this window',
  },
  {
    title: 'In flight and waiting',
    unit: 'images',
    kind: 'area',
    series: () => [
      { name: 'in flight', look: 'blue', value: (second) => second.in_flight },
      { name: 'waiting', look: 'orange dashed', value: ({ queue }) => queue },
    ],
    summaries: ['Average', 'Highest'],
    format: number,
    suffix: '',
    steps: 'whole',
    limit: ({ info, seconds }) => {
      // Far above all values, the line would flatten them.
      const highest = Math.max(0, ...seconds.map((second) => second.in_flight));
      return info && highest > info.max_in_flight / 3
        ? { name: `limit ${whole(info.max_in_flight)}`, value: info.max_in_flight }
        : undefined;
    },
    empty: 'Nothing recorded in this window',
  },
  {
    title: 'CPU',
    unit: '% of its CPUs',
    kind: 'area',
    series: () => [{ name: 'CPU', look: 'teal', value: (second) => second.cpu_percent }],
    summaries: ['Average', 'Highest'],
    format: percent,
    suffix: '\u00a0%',
    top: 100,
    empty: 'Nothing recorded in this window',
  },
  {
    title: 'Memory',
    unit: 'MiB',
    kind: 'area',
    series: () => [
      { name: 'resident set', look: 'violet', value: (second) => second.rss_bytes / MIB },
      { name: 'JavaScript heap', look: 'gold dashed', value: (second) => second.heap_bytes / MIB },
    ],
    summaries: ['Highest'],
    format: whole,
    suffix: '\u00a0MiB',
    steps: 'binary',
    limit: ({ info }) =>
      info && {
        name: `limit ${whole(info.memory_limit_bytes / MIB)} MiB`,
        value: info.memory_limit_bytes / MIB,
      },
    empty: 'Nothing recorded in this window',
  },
  {
    title: 'Event-loop delay',
    unit: 'ms',
    kind: 'area',
    series: () => [
      { name: 'longest of a second', look: 'orange', value: (second) => second.event_loop_delay_ms },
    ],
    summaries: ['Average', 'Highest'],
    format: number,
    suffix: '\u00a0ms',
    empty: 'Nothing recorded in this window',
  },
];
