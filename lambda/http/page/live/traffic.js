import { number } from './format.js';
import { errorSeries, formatSeries } from './series.js';

/** @typedef {import('./chart.js').ChartPanel} ChartPanel */

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

/** @type {ChartPanel} */
export const FORMATS = {
  title: 'Formats',
  unit: 'images/s',
  kind: 'columns',
  series: formatSeries,
  summaries: ['Average', 'Total'],
  format: number,
  suffix: '\u2009/s',
  steps: 'whole',
  empty: 'No images in this window',
};
