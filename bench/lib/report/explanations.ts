import { median, ratioOfRounds } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { BUSY, bestTorch, CROWD, column, memoryAfter, OURS, peakMemory, secondsOfStarts } from './figures.ts';
import { formatNumber, middle } from './format.ts';
import type { TargetId } from './targets.ts';

/** Why targets are missed, and what was tried. docs/benchmarks.md shows this below the table of targets. */
export const explanationsFor = (result: Result): Partial<Record<TargetId, string>> => ({
  'http-over-bare-1': httpOverBare(result, 1),
  'http-over-bare-2':
    `${httpOverBare(result, 2)} A second thread speeds up the model, but neither of these. In separate ` +
    'measurements, a server that only passes the same bytes from `node:http` to a decoder and the model took 1.31 to ' +
    '1.35 times the bare run, and 1.23 times with a decoder that takes no time.',
  'p99-busy': p99Busy(result),
  start: start(result),
  memory: memory(result),
});

function httpOverBare({ overhead }: Result, threads: number): string {
  const rounds = overhead.find((entry) => entry.threads === threads)?.rounds ?? [];
  const decode = middle(rounds.map(({ decodeMs }) => decodeMs));
  const http = middle(rounds.map(({ httpMs, serverMs }) => httpMs - serverMs));
  return (
    'The phases are in [the table of one request](#where-the-time-of-one-request-goes-ms). Decoding and resizing a JPEG ' +
    `of 500 px takes ${decode} ms on one core, and HTTP with its client ${http} ms.`
  );
}

function p99Busy(result: Result): string {
  const against = (figure: 'p95Ms' | 'p99Ms') =>
    ratioOfRounds(
      column(result, OURS, BUSY, figure),
      bestTorch(result, (subject) => column(result, subject, BUSY, figure), 'lowest'),
    );
  const rounds = result.load
    .filter(({ subject, clients }) => subject === OURS && clients === BUSY)
    .flatMap((entry) => entry.rounds.map((round) => round.answers));
  const answers = Math.round(median(rounds));
  return (
    `A run of the model blocks the event loop, and the client uses its share of the same cores, so the median of ${BUSY} ` +
    `concurrent requests is ${middle(column(result, OURS, BUSY, 'p50Ms'))} ms. The p95 is ` +
    `${formatNumber(against('p95Ms').median)} times the PyTorch stack’s. Above p95 there are one or two stalls in a round: ` +
    `1 % of ${answers} answers are ${Math.round(answers / 100)}, about as many as two consecutive runs ` +
    `classify. In the quietest round the ratio was ${formatNumber(against('p99Ms').low)}. Tried: waiting requests share runs ` +
    'in the order of their arrival, which reduced p99 of eight clients by a third (docs/adr/0013); two workers with one ' +
    'thread each, which had 1.09 times the throughput with eight clients, 0.64 times with one, and took 70 MiB more.'
  );
}

function start(result: Result): string {
  const { bareProcess } = result;
  const parts = [
    bareProcess
      ? `A process that only loads the model and runs it once takes ${middle(bareProcess.startSeconds)} of the ` +
        `${middle(secondsOfStarts(result, OURS))} s, for Node.js, ONNX Runtime’s library and the model. The rest is the code ` +
        'of the bundle, the checksum of the model, the first JPEG and the first request.'
      : '',
    '`npm run bench:check` limits the ratio to a process that only loads the model.',
    'An int8 ResNet-50 that is optimised in advance and loaded by its path has its first result in 0.6 times the time of ' +
      'one that is read into a buffer and optimised while it is loaded. The optimised graph is not tied to a processor: an ' +
      'emulated Haswell makes the same bytes (docs/adr/0030).',
    'The PyTorch stack starts with its files in the page cache and downloads nothing here. Its 45 s in a cluster are a ' +
      'different figure.',
  ];
  return joined(parts);
}

function memory(result: Result): string {
  const busy = memoryAfter(result, OURS, BUSY);
  const parts = [
    result.bareProcess
      ? `A process that only loads the model and runs it once takes ${middle(result.bareProcess.peakMiB)} MiB, and this ` +
        `service ${middle(peakMemory(result, OURS))} MiB after up to ${CROWD} concurrent clients, with runs of four images.`
      : `The figure is the peak after up to ${CROWD} concurrent clients, with runs of four images.`,
    busy
      ? `After ${busy.predictions} predictions of ${BUSY} clients it is ${middle(busy.rounds.map(({ peakMiB }) => peakMiB))} MiB.`
      : '',
    'Memory grows with the length of the load, because V8 and the allocator return only part of what they free.',
    'An int8 ResNet-50 that is optimised in advance and loaded by its path takes a third less memory than one that is read ' +
      'into a buffer and optimised while it is loaded (docs/adr/0030).',
    'Tried: without ONNX Runtime’s arena, memory is 18 MiB less at rest and 100 to 250 MiB more under load. glibc’s malloc ' +
      'with a single arena costs no speed (0.98 to 1.00 of the CPU time), and with a fixed size from which blocks are mapped ' +
      'separately it returns as much memory as jemalloc (docs/adr/0031).',
  ];
  return joined(parts);
}

const joined = (sentences: readonly string[]): string => sentences.filter(Boolean).join(' ');
