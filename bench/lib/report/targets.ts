import { ratioOfRounds, type Spread, spreadOf } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { BUSY, bareRounds, bestTorch, CROWD, column, OURS, peakMemory, secondsOfStarts } from './figures.ts';

export type TargetId =
  | 'p50'
  | 'p99-busy'
  | 'throughput-busy'
  | 'start'
  | 'memory'
  | `http-over-bare-${number}`
  | `int8-over-openvino-${number}`
  | 'accuracy';

export interface Target {
  readonly id: TargetId;
  readonly figure: string;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  readonly unit: 'times' | 'points';
  /** Undefined if the run did not measure it. */
  readonly measured: Spread | undefined;
}

/** Whether the median meets the target. A target that was not measured is not met. */
export function isMet({ bound, limit, measured }: Target): boolean {
  if (!measured) return false;
  return bound === 'at most' ? measured.median <= limit : measured.median >= limit;
}

/** The targets of the service, as ratios within one run. */
export function targetsOf(result: Result): Target[] {
  const times = { unit: 'times', bound: 'at most' } as const;
  const load = (clients: number, figure: 'p50Ms' | 'p99Ms' | 'perSecond', best: 'lowest' | 'highest') =>
    ratioOfRounds(
      column(result, OURS, clients, figure),
      bestTorch(result, (subject) => column(result, subject, clients, figure), best),
    );
  return [
    {
      id: 'p50',
      figure: 'p50 latency of one client, against FastAPI + PyTorch',
      ...times,
      limit: 0.25,
      measured: load(1, 'p50Ms', 'lowest'),
    },
    {
      id: 'p99-busy',
      figure: `p99 latency of ${BUSY} clients, against FastAPI + PyTorch`,
      ...times,
      limit: 0.25,
      measured: load(BUSY, 'p99Ms', 'lowest'),
    },
    {
      id: 'throughput-busy',
      figure: `Throughput of ${BUSY} clients, against FastAPI + PyTorch`,
      unit: 'times',
      bound: 'at least',
      limit: 4,
      measured: load(BUSY, 'perSecond', 'highest'),
    },
    {
      id: 'start',
      figure: 'Start to first prediction, against FastAPI + PyTorch',
      ...times,
      limit: 0.1,
      measured: ratioOfRounds(
        secondsOfStarts(result, OURS),
        bestTorch(result, (subject) => secondsOfStarts(result, subject), 'lowest'),
      ),
    },
    {
      id: 'memory',
      figure: `Peak resident memory after up to ${CROWD} clients, against FastAPI + PyTorch`,
      ...times,
      limit: 0.25,
      measured: ratioOfRounds(
        peakMemory(result, OURS),
        bestTorch(result, (subject) => peakMemory(result, subject), 'lowest'),
      ),
    },
    ...result.overhead.map(
      ({ threads, rounds }): Target => ({
        id: `http-over-bare-${threads}`,
        figure: `p50 over HTTP, against bare session.run, ${threadsText(threads)}`,
        ...times,
        limit: 1.2,
        measured: ratioOfRounds(
          rounds.map(({ httpMs }) => httpMs),
          rounds.map(({ bareMs }) => bareMs),
        ),
      }),
    ),
    ...result.overhead.map(
      ({ threads }): Target => ({
        id: `int8-over-openvino-${threads}`,
        figure: `Bare int8 run, against OpenVINO on the same model, ${threadsText(threads)}`,
        ...times,
        limit: 1.3,
        measured: ratioOfRounds(
          bareRounds(result, 'onnxruntime-node', 'int8', threads),
          bareRounds(result, 'openvino', 'int8', threads),
        ),
      }),
    ),
    {
      id: 'accuracy',
      figure: 'Top-1 of int8 against float32 through the service, difference',
      unit: 'points',
      bound: 'at most',
      limit: 0.5,
      measured: result.accuracy ? spreadOf([pointsApart(result.accuracy)]) : undefined,
    },
  ];
}

/** Percentage points, without binary rounding noise. */
const pointsApart = ({ int8Top1, floatTop1 }: { int8Top1: number; floatTop1: number }): number =>
  Number((Math.abs(int8Top1 - floatTop1) * 100).toFixed(6));

export const threadsText = (threads: number): string => `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
