import { MIB, number, percent, whole } from './format.js';

/** @typedef {import('./chart.js').ChartPanel} ChartPanel */

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
    unit: 'images, requests',
    kind: 'area',
    series: () => [
      { name: 'images in flight', look: 'blue', value: (second) => second.in_flight },
      { name: 'requests waiting', look: 'orange dashed', value: ({ queue }) => queue },
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
