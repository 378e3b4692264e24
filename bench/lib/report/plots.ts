import { barChart } from '../../../scripts/lib/plot/bar-chart.ts';
import { lineCharts } from '../../../scripts/lib/plot/line-chart.ts';
import { median } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { column, GIGA_MACS, OURS } from './figures.ts';
import { formatNumber } from './format.ts';
import { targetsOf } from './targets.ts';

/** The plots of the report, by file name. */
export function plotsOf(result: Result): Record<string, string> {
  return {
    'ratios.svg': ratios(result),
    'throughput.svg': underLoad(result, 'perSecond', {
      title: 'Predictions a second, by number of clients',
      subtitle: 'Higher is better. Refused requests do not count.',
      yAxis: 'linear',
    }),
    'p95.svg': underLoad(result, 'p95Ms', {
      title: 'p95 latency in milliseconds, by number of clients',
      subtitle: 'Lower is better. The axis is logarithmic.',
      yAxis: 'logarithmic',
    }),
    'bare-runs.svg': bareRuns(result),
  };
}

/** How many times better this service is than the PyTorch stack, with the targets. */
function ratios(result: Result): string {
  const labels = {
    p50: 'p50 latency, 1 client',
    'p99-busy': 'p99 latency, 8 clients',
    'throughput-busy': 'Throughput, 8 clients',
    start: 'Start to first prediction',
    memory: 'Peak memory',
  };
  const targets = targetsOf(result);
  const bars = Object.entries(labels).flatMap(([id, label]) => {
    const target = targets.find((candidate) => candidate.id === id);
    if (!target?.measured) return [];
    const better = (ratio: number) => (target.bound === 'at most' ? 1 / ratio : ratio);
    const value = better(target.measured.median);
    return [{ label, value, valueText: `${formatNumber(value)}×`, colour: 0, mark: better(target.limit) }];
  });
  return barChart({
    title: 'How many times better than FastAPI + PyTorch',
    subtitle:
      'Against its best setting in each figure, on the same machine. The lines across the bars are the targets.',
    bars,
  });
}

function underLoad(
  result: Result,
  figure: 'perSecond' | 'p95Ms',
  texts: { readonly title: string; readonly subtitle: string; readonly yAxis: 'linear' | 'logarithmic' },
): string {
  const clients = [...new Set(result.load.map((entry) => entry.clients))];
  // The variants of this service overlap, so only one is shown.
  const shown = result.subjects.filter(({ id }) => id === OURS || !['sources', 'container'].includes(id));
  return lineCharts([
    {
      ...texts,
      xTitle: 'Clients, each with one request at a time',
      xAxis: 'points',
      series: shown.map(({ id, title }) => ({
        name: id === OURS ? 'This service' : title,
        points: clients.map((count) => [count, median(column(result, id, count, figure))] as const),
        isMain: id === OURS,
      })),
    },
  ]);
}

function bareRuns({ bareRuns, peaks }: Result): string {
  const names = {
    'onnxruntime-node': 'ONNX Runtime, Node.js',
    onnxruntime: 'ONNX Runtime, Python',
    openvino: 'OpenVINO',
  };
  const one = bareRuns.filter(({ threads }) => threads === 1);
  const int8 = one.filter(({ model }) => model === 'int8');
  const others = one.filter(({ model }) => model !== 'int8');
  const limit = (precision: 'int8' | 'float32') =>
    (GIGA_MACS / (peaks.find(({ threads }) => threads === 1)?.[precision] ?? Number.NaN)) * 1000;
  const bar = ({ runtime, model, medianMs }: Result['bareRuns'][number]) => {
    const value = median(medianMs);
    return {
      label: `${names[runtime]}, ${model}`,
      value,
      valueText: `${formatNumber(value)} ms`,
      colour: model === 'int8' ? 0 : 5,
      ...(model === 'bfloat16' ? {} : { mark: limit(model) }),
    };
  };
  return barChart({
    title: 'One run of the model on one thread',
    subtitle:
      'Milliseconds, lower is better. The lines are the arithmetic at the measured peak of the processor.',
    bars: [...int8, ...others].map(bar),
  });
}
