import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../../../scripts/lib/system/files.ts';
import { buildBundles } from '../build.ts';
import { startLoadClient } from '../load/client.ts';
import { describeMachine, describeVersions } from '../machine/describe.ts';
import { measureOverhead } from '../overhead/measure.ts';
import { startOverheadPair } from '../overhead/pair.ts';
import { INT8_BUNDLE } from '../paths.ts';
import { overheadPhoto } from '../photos.ts';
import { makeFloatModel } from '../python/float-model.ts';
import { ensureVenv } from '../python/venv.ts';
import { type Result, resultSchema } from '../result.ts';
import { step } from '../step.ts';
import { type RunningSubject, startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { ours, torch } from '../subjects/subjects.ts';
import { knownPhoto, prepareWorkload } from '../workload.ts';
import { measureTop1 } from './accuracy.ts';
import { measureBareRuns, measurePeaks } from './bare-runs.ts';
import { type Context, identity } from './context.ts';
import { measureDisk } from './disk.ts';
import { chooseFrameworks, hasImage } from './installable.ts';
import { sweepLoad } from './load-sweep.ts';
import { FULL, QUICK } from './plan.ts';
import { measureBatches, measureImageSizes } from './shapes.ts';
import { measureStarts } from './starts.ts';
import { bestSettings, sweepTorch } from './thread-sweep.ts';

export interface Comparison {
  /** The file that the raw result is written to. */
  readonly output: string;
  /** The float32 model that the int8 model was made from. Without it, the int8 weights are scaled back. */
  readonly floatModel: string | undefined;
  /** A folder of photos named by WordNet id. Without it, no accuracy is measured. */
  readonly accuracyPhotos: string | undefined;
  readonly quick: boolean;
}

/**
 * Measures everything, in an order that leaves the machine to one server at a time, and writes the raw
 * result.
 */
export async function compare({ output, floatModel, accuracyPhotos, quick }: Comparison): Promise<void> {
  const cores = availableParallelism();
  step('Preparing');
  // First, so that a folder that cannot be made is found out before twenty minutes of measuring.
  await mkdir(dirname(output), { recursive: true });
  await ensureVenv('limits');
  await ensureVenv('fastapi-torch');
  const { subjects: frameworks, skipped } = await chooseFrameworks(cores);
  await makeFloatModel(floatModel ?? `${INT8_BUNDLE}/resnet50-int8.onnx`);
  await buildBundles();
  const workload = await prepareWorkload();
  using client = startLoadClient();
  const context: Context = {
    plan: quick ? QUICK : FULL,
    client,
    cores,
    ...workload,
  };

  const peaks = await measurePeaks(context);
  const bareRuns = await measureBareRuns(context);
  const overhead = await measureOverheads(context);
  const accuracy = accuracyPhotos ? await measureTop1(context, accuracyPhotos) : null;
  const threadSweep = await sweepTorch(context);

  const container = (await hasImage()) ? [ours('container')] : [];
  const torches = bestSettings(threadSweep).map(({ workers, threads }) => torch(workers, threads));
  const subjects = [ours('bundle'), ours('sources'), ...container, ...torches, ...frameworks];
  const starts = await measureStarts(context, subjects);
  const running = await measureRunning(context, subjects);

  const result = {
    schema: 1,
    date: new Date().toISOString().slice(0, 10),
    quick,
    machine: await describeMachine(),
    versions: await describeVersions(),
    floatModel: floatModel ? 'given' : 'scaled back from int8',
    photos: workload.photos.map(({ name, bytes, width, height }) => ({ name, bytes, width, height })),
    subjects: subjects.map(identity),
    skipped,
    threadSweep,
    starts,
    disk: await measureDisk([{ id: 'fastapi-torch', title: 'FastAPI + PyTorch' }, ...frameworks]),
    bareRuns,
    overhead,
    peaks,
    accuracy,
    ...running,
  } satisfies Result;
  await writeFileAtomically(output, `${JSON.stringify(resultSchema.parse(result), null, 2)}\n`);
  step(`Wrote ${output}`);
}

async function measureOverheads(context: Context): Promise<Result['overhead']> {
  step('HTTP over the bare run');
  const overhead: Result['overhead'] = [];
  const photo = await overheadPhoto();
  const { bareRounds, bareRuns } = context.plan;
  for (const threads of new Set([1, context.cores])) {
    await using pair = await startOverheadPair(await knownPhoto(context), threads);
    const [rounds = []] = await measureOverhead([pair], photo, { rounds: bareRounds, requests: bareRuns });
    overhead.push({ threads, rounds });
  }
  return overhead;
}

/** What is measured while all servers run. */
async function measureRunning(context: Context, subjects: readonly Subject[]) {
  await using running = new AsyncDisposableStack();
  const servers: RunningSubject[] = [];
  for (const subject of subjects)
    servers.push(running.use(await startSubject(subject, await knownPhoto(context))));
  const { load, memory } = await sweepLoad(context, servers);
  const shown = servers.filter(({ subject }) => ['bundle', 'torch-1'].includes(subject.id));
  return {
    load,
    memory,
    imageSizes: await measureImageSizes(context, shown),
    batches: await measureBatches(context, shown),
  };
}
