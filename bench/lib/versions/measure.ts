import { availableParallelism } from 'node:os';
import { percentile } from '../../../scripts/lib/statistics.ts';
import { ask } from '../load/ask.ts';
import type { LoadClient } from '../load/client.ts';
import { predictionsOf } from '../load/predictions.ts';
import { measureOverhead } from '../overhead/measure.ts';
import { startPair } from '../overhead/pair.ts';
import { overheadPhoto } from '../photos.ts';
import { step } from '../step.ts';
import { type RunningSubject, startSubject } from '../subjects/running-subject.ts';
import { turns } from '../turns.ts';
import { knownPhoto, singles, type Workload } from '../workload.ts';
import { createRecorder, type Measured } from './figures.ts';
import { bareRunOf, subjectOf, type Version } from './version.ts';

/** Predictions before memory is read. */
const FIRST_PREDICTIONS = { clients: 8, predictions: 400 };
const STARTS_IN_A_ROUND = 3;
const OVERHEAD_REQUESTS = 30;

type Recorder = ReturnType<typeof createRecorder>;

interface Running {
  readonly version: Version;
  readonly server: RunningSubject;
}

/**
 * Measures versions of the service in turns: every figure of a round is measured of one version and at once
 * of the other, and the order changes from round to round. Each round has new processes.
 */
export async function measureVersions(
  versions: readonly Version[],
  workload: Workload,
  client: LoadClient,
  rounds: number,
): Promise<Measured> {
  const recorder = createRecorder();
  step('First starts, which read everything from the disk');
  await measureStarts(versions, workload, createRecorder());
  for (let round = 0; round < rounds; round += 1) {
    step(`Round ${round + 1} of ${rounds}`);
    const order = turns(versions, round);
    for (let start = 1; start < STARTS_IN_A_ROUND; start += 1) await measureStarts(order, workload, recorder);
    await measureLoads(order, workload, client, recorder);
  }
  await measureOverheads(versions, workload, rounds * 2, recorder);
  return recorder.measured;
}

async function measureStarts(
  versions: readonly Version[],
  workload: Workload,
  { record }: Recorder,
): Promise<void> {
  const known = await knownPhoto(workload);
  for (const version of versions) {
    await using server = await startSubject(subjectOf(version), known);
    record(version, { startMs: server.startSeconds * 1000 });
  }
}

async function measureLoads(
  versions: readonly Version[],
  workload: Workload,
  client: LoadClient,
  { record }: Recorder,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const running: Running[] = [];
  for (const version of versions) {
    const server = stack.use(await startSubject(subjectOf(version), await knownPhoto(workload)));
    record(version, { startMs: server.startSeconds * 1000 });
    running.push({ version, server });
  }
  const requests = singles(workload);
  const load = async (server: RunningSubject, clients: number, predictions: number) => {
    const order = { protocol: 'form', requests, clients, length: { requests: predictions } } as const;
    const { answered, cpuSeconds, seconds, latenciesMs } = await ask(client, server, order);
    return {
      perSecond: answered / seconds,
      cpuMs: (cpuSeconds * 1000) / answered,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    };
  };

  for (const { version, server } of running) {
    await predictionsOf(client, server, requests, FIRST_PREDICTIONS);
    const { peakMiB, residentMiB } = await server.usage();
    record(version, { peakBusyMiB: peakMiB, residentMiB });
  }
  for (const { version, server } of running) {
    const { perSecond, cpuMs, p50Ms } = await load(server, 1, 200);
    record(version, { perSecond1: perSecond, cpuMs, p50Ms });
  }
  for (const { version, server } of running) {
    const { perSecond, cpuMs, p99Ms } = await load(server, 8, 400);
    record(version, { perSecond8: perSecond, cpuBusyMs: cpuMs, p99BusyMs: p99Ms });
  }
  for (const { version, server } of running) {
    const { perSecond } = await load(server, 32, 640);
    record(version, { perSecond32: perSecond, peakCrowdMiB: (await server.usage()).peakMiB });
  }
}

async function measureOverheads(
  versions: readonly Version[],
  workload: Workload,
  rounds: number,
  { record }: Recorder,
): Promise<void> {
  const photo = await overheadPhoto();
  const known = await knownPhoto(workload);
  const cores = availableParallelism();
  for (const threads of [1, cores]) {
    step(`HTTP over the bare run, threads: ${threads}`);
    await using stack = new AsyncDisposableStack();
    const pairs: Awaited<ReturnType<typeof startPair>>[] = [];
    for (const version of versions) {
      const subject = subjectOf(version, { INTRA_OP_THREADS: String(threads) });
      pairs.push(stack.use(await startPair(subject, bareRunOf(version, threads), known)));
    }
    const measured = await measureOverhead(pairs, photo, { rounds, requests: OVERHEAD_REQUESTS });
    for (const [index, version] of versions.entries()) {
      for (const { bareMs, httpMs } of measured[index] ?? []) {
        const overBare = httpMs / bareMs;
        record(
          version,
          threads === 1
            ? { bare1Ms: bareMs, http1Ms: httpMs, overBare1: overBare }
            : { bareAllMs: bareMs, httpAllMs: httpMs, overBareAll: overBare },
        );
      }
    }
  }
}
