import { markdownTable } from '../../../scripts/lib/generated/markdown.ts';
import { median, percentile, ratioOfRounds } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { threadsText } from './budgets.ts';
import { BUSY, bareRounds, column, GIGA_MACS, OURS, peakMiB, secondsOfStarts } from './figures.ts';
import { middle, number, times, withSpread } from './format.ts';

/** Latency, throughput, CPU time, start and memory of every server, as ratios to this service. */
export function headline(result: Result): string {
  const ratio = (id: string, clients: number, figure: Parameters<typeof column>[3]) =>
    times(ratioOfRounds(column(result, id, clients, figure), column(result, OURS, clients, figure)).median);
  return markdownTable(
    ['', 'p50', 'p99', 'p99, 8 clients', 'Throughput, 8 clients', 'CPU a prediction', 'Start', 'Peak memory'],
    result.subjects.map(({ id, title }) => [
      title,
      ratio(id, 1, 'p50Ms'),
      ratio(id, 1, 'p99Ms'),
      ratio(id, BUSY, 'p99Ms'),
      ratio(id, BUSY, 'perSecond'),
      ratio(id, BUSY, 'cpuMsPerAnswer'),
      times(ratioOfRounds(secondsOfStarts(result, id), secondsOfStarts(result, OURS)).median),
      times(peakMiB(result, id) / peakMiB(result, OURS)),
    ]),
  );
}

export function oneClient(result: Result): string {
  return markdownTable(
    ['', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms a prediction'],
    result.subjects.map(({ id, title }) => [
      title,
      ...(['p50Ms', 'p95Ms', 'p99Ms', 'cpuMsPerAnswer'] as const).map((figure) =>
        middle(column(result, id, 1, figure)),
      ),
    ]),
  );
}

/** One figure: a row for each server, a column for each number of clients. */
export function byClients(
  result: Result,
  figure: 'perSecond' | 'p95Ms' | 'p99Ms' | 'refusedPerSecond',
): string {
  const clients = [...new Set(result.load.map((entry) => entry.clients))];
  return markdownTable(
    ['Clients', ...clients.map(String)],
    result.subjects.map(({ id, title }) => [
      title,
      ...clients.map((count) => middle(column(result, id, count, figure))),
    ]),
  );
}

export function startsAndMemory(result: Result): string {
  return markdownTable(
    ['', 'Start to first prediction, s', 'Peak memory, MiB', 'Not backed by files, MiB'],
    result.subjects.map(({ id, title }) => {
      const seconds = secondsOfStarts(result, id);
      const memory = result.memory.find(({ subject }) => subject === id);
      return [
        title,
        withSpread({ median: median(seconds), low: percentile(seconds, 0), high: percentile(seconds, 1) }),
        number(memory?.peakMiB ?? Number.NaN),
        number(memory?.anonymousMiB ?? Number.NaN),
      ];
    }),
  );
}

export const disk = (result: Result): string =>
  markdownTable(
    ['', 'MB'],
    result.disk.map(({ title, megabytes }) => [title, number(megabytes)]),
  );

/** The latency of this service and of the PyTorch stack in cases of growing size, and their ratio. */
export function growth<Row extends { readonly subject: string; readonly p50Ms: readonly number[] }>(
  title: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
): string {
  const theirs = rows.filter(({ subject }) => subject !== OURS);
  return markdownTable(
    [title, 'Ratio', 'This service, ms', 'FastAPI + PyTorch, ms'],
    rows
      .filter(({ subject }) => subject === OURS)
      .map((our) => {
        const their = theirs.find((row) => nameOf(row) === nameOf(our))?.p50Ms ?? [];
        const ratio = ratioOfRounds(our.p50Ms, their).median;
        return [nameOf(our), number(ratio), middle(our.p50Ms), middle(their)];
      }),
  );
}

/** Bare runs, as ratios to this service's session and to the arithmetic limit of the precision. */
export function limits(result: Result): string {
  return markdownTable(
    ['', 'Against this service', 'Against the arithmetic limit', 'ms'],
    result.bareRuns.map(({ runtime, model, threads, medianMs }) => {
      const peak = result.peaks.find((entry) => entry.threads === threads);
      const ours = bareRounds(result, 'onnxruntime-node', 'int8', threads);
      const limitMs = (GIGA_MACS / (model === 'int8' ? (peak?.int8 ?? 0) : (peak?.float32 ?? 0))) * 1000;
      return [
        `${runtime}, ${model}, ${threadsText(threads)}`,
        times(ratioOfRounds(medianMs, ours).median),
        model === 'bfloat16' ? '' : times(median(medianMs) / limitMs),
        middle(medianMs),
      ];
    }),
  );
}

export const peaks = (result: Result): string =>
  markdownTable(
    ['', 'int8, GMAC/s', 'float32, GMAC/s', 'int8 limit, ms', 'float32 limit, ms'],
    result.peaks.map(({ threads, int8, float32 }) => [
      threadsText(threads),
      number(int8),
      number(float32),
      number((GIGA_MACS / int8) * 1000),
      number((GIGA_MACS / float32) * 1000),
    ]),
  );

/** Where the time of one request over HTTP goes, and the bare run. */
export const phases = (result: Result): string =>
  markdownTable(
    [
      '',
      'Bare run',
      'Decode and resize',
      'Inference in the service',
      'Rest of the service',
      'HTTP and client',
      'Total',
    ],
    result.overhead.map(({ threads, rounds }) => {
      const each = (milliseconds: (round: (typeof rounds)[number]) => number) =>
        middle(rounds.map(milliseconds));
      return [
        threadsText(threads),
        each(({ bareMs }) => bareMs),
        each(({ decodeMs }) => decodeMs),
        each(({ inferenceMs }) => inferenceMs),
        each(({ serverMs, decodeMs, inferenceMs }) => serverMs - decodeMs - inferenceMs),
        each(({ httpMs, serverMs }) => httpMs - serverMs),
        each(({ httpMs }) => httpMs),
      ];
    }),
  );

export const threadSweep = (result: Result): string =>
  markdownTable(
    ['Workers × threads', 'p50 of one client, ms', 'Predictions a second of 8 clients'],
    result.threadSweep.map(({ workers, threads, p50Ms, perSecondOf8Clients }) => [
      `${workers} × ${threads}`,
      number(p50Ms),
      number(perSecondOf8Clients),
    ]),
  );
