import { markdownTable } from '../../../scripts/lib/generated/markdown.ts';
import { ratioOfRounds, spreadOf } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { BUSY, CROWD, column, memoryAfter, OURS, peakMemory, secondsOfStarts } from './figures.ts';
import { formatNumber, middle, times, withSpread } from './format.ts';

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
      times(ratioOfRounds(peakMemory(result, id), peakMemory(result, OURS)).median),
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

/** The first row is the least that a start can take, if it was measured. */
export function startsAndMemory(result: Result): string {
  const { bareProcess, subjects } = result;
  const servers = subjects.map(({ id, title }) => {
    const [busy, crowd] = [BUSY, CROWD].map((clients) => memoryAfter(result, id, clients)?.rounds);
    return [
      title,
      spreadText(secondsOfStarts(result, id)),
      spreadText(busy?.map(({ peakMiB }) => peakMiB)),
      spreadText(crowd?.map(({ peakMiB }) => peakMiB)),
      spreadText(crowd?.map(({ anonymousMiB }) => anonymousMiB)),
    ];
  });
  const bare = ['The model alone, loaded and run once'];
  return markdownTable(
    [
      '',
      'Start to first prediction, s',
      `Peak memory, ${BUSY} clients, MiB`,
      `Peak memory, ${CROWD} clients, MiB`,
      'Not backed by files, MiB',
    ],
    bareProcess
      ? [[...bare, spreadText(bareProcess.startSeconds), spreadText(bareProcess.peakMiB), '', ''], ...servers]
      : servers,
  );
}

const spreadText = (rounds: readonly number[] | undefined): string =>
  rounds === undefined ? '' : withSpread(spreadOf(rounds));

/** The load before memory was read, such as "400 predictions with up to 8 clients". */
export function memoryLoads({ memory }: Result): string {
  const texts = [BUSY, CROWD].flatMap((clients) => {
    const counts = memory.filter((entry) => entry.clients === clients).map(({ predictions }) => predictions);
    if (counts.length === 0) return [];
    const [least, most] = [Math.min(...counts), Math.max(...counts)].map((count) =>
      count.toLocaleString('en'),
    );
    return [`${least === most ? least : `${least} to ${most}`} predictions with up to ${clients} clients`];
  });
  return texts.join(' and after ');
}

export const disk = (result: Result): string =>
  markdownTable(
    ['', 'MB'],
    result.disk.map(({ title, megabytes }) => [title, formatNumber(megabytes)]),
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
        return [nameOf(our), formatNumber(ratio), middle(our.p50Ms), middle(their)];
      }),
  );
}

export const threadSweep = (result: Result): string =>
  markdownTable(
    ['Workers × threads', 'p50 of one client, ms', 'Predictions a second of 8 clients'],
    result.threadSweep.map(({ workers, threads, p50Ms, perSecondOf8Clients }) => [
      `${workers} × ${threads}`,
      formatNumber(p50Ms),
      formatNumber(perSecondOf8Clients),
    ]),
  );
