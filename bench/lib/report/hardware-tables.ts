import { markdownTable } from '../../../scripts/lib/generated/markdown.ts';
import { median, ratioOfRounds } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { bareRounds, GIGA_MACS } from './figures.ts';
import { formatNumber, middle, times } from './format.ts';
import { threadsText } from './targets.ts';

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
      formatNumber(int8),
      formatNumber(float32),
      formatNumber((GIGA_MACS / int8) * 1000),
      formatNumber((GIGA_MACS / float32) * 1000),
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
