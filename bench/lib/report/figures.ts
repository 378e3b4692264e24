import { median } from '../../../scripts/lib/statistics.ts';
import type { LoadRound, Result } from '../result.ts';

/** The variant of this service in every ratio: what the image runs. */
export const OURS = 'bundle';
/** The number of clients in the targets under load. */
export const BUSY = 8;
/** The number of clients in the target for memory. */
export const CROWD = 32;
/**
 * Multiply-accumulates of a ResNet-50 on 224 x 224 pixels, in billions (He et al. 2015, table 1, as v1.5:
 * 4.1).
 */
export const GIGA_MACS = 4.1;

/** The rounds of one server with a number of clients. @throws Error if they were not measured. */
function loadRounds({ load }: Result, subject: string, clients: number): readonly LoadRound[] {
  const found = load.find((entry) => entry.subject === subject && entry.clients === clients);
  if (!found) throw new Error(`Expected the load of ${subject} with ${clients} clients in the result`);
  return found.rounds;
}

/** One figure, from every round. */
export const column = (
  result: Result,
  subject: string,
  clients: number,
  figure: Exclude<keyof LoadRound, 'answers'>,
): number[] => loadRounds(result, subject, clients).map((round) => round[figure]);

const torchSubjects = ({ subjects }: Result): string[] =>
  subjects.map(({ id }) => id).filter((id) => id.startsWith('torch-'));

/** The best variant of the PyTorch stack in one figure, so that every comparison is with its best. */
export function bestTorch(
  result: Result,
  measure: (subject: string) => readonly number[],
  best: 'lowest' | 'highest',
): readonly number[] {
  const all = torchSubjects(result).map(measure);
  all.sort((a, b) => (best === 'lowest' ? median(a) - median(b) : median(b) - median(a)));
  const [first] = all;
  if (!first) throw new Error('Expected FastAPI + PyTorch among the servers of the result');
  return first;
}

export function secondsOfStarts({ starts }: Result, subject: string): readonly number[] {
  return required(starts.find((entry) => entry.subject === subject)?.seconds, `starts of ${subject}`);
}

/** Memory of one server after the predictions of up to this many clients. Undefined if not measured. */
export const memoryAfter = (
  { memory }: Result,
  subject: string,
  clients: number,
): Result['memory'][number] | undefined =>
  memory.find((entry) => entry.subject === subject && entry.clients === clients);

/** Peak memory after the predictions of up to {@link CROWD} clients. */
export function peakMemory(result: Result, subject: string): readonly number[] {
  const found = memoryAfter(result, subject, CROWD);
  return required(found, `memory of ${subject}`).rounds.map(({ peakMiB }) => peakMiB);
}

export function bareRounds(
  { bareRuns }: Result,
  runtime: Result['bareRuns'][number]['runtime'],
  model: Result['bareRuns'][number]['model'],
  threads: number,
): readonly number[] {
  const found = bareRuns.find(
    (run) => run.runtime === runtime && run.model === model && run.threads === threads,
  );
  return required(found?.medianMs, `bare runs of ${runtime}, ${model}, ${threads} threads`);
}

function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`Expected ${name} in the result`);
  return value;
}
