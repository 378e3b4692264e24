import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { MEASUREMENT_FILE } from '../../../scripts/lib/cost/durations.ts';
import { writeFileAtomically } from '../../../scripts/lib/system/files.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { buildBundles } from '../build.ts';
import { startLoadClient } from '../load/client.ts';
import { describeMachine, describeVersions } from '../machine/describe.ts';
import { INT8_MODEL, WORK } from '../paths.ts';
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
import { measureLambda } from './lambda.ts';
import { joinRounds, measureLoadRound } from './load-sweep.ts';
import { measureMemory } from './memory.ts';
import { measureOverheads } from './overheads.ts';
import { openParts, type RunIdentity } from './parts.ts';
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
  /** Rounds of the load. @default the plan's */
  readonly rounds: number | undefined;
  /** Whether to go on with a run that was interrupted. */
  readonly resume: boolean;
}

/**
 * Measures everything, in an order that leaves the machine to one server at a time, and writes the raw
 * result. With Docker, a run that is not quick also writes the durations that the cost model is made from.
 */
export async function compare(comparison: Comparison): Promise<void> {
  const { output, floatModel, accuracyPhotos, quick, rounds, resume } = comparison;
  const cores = availableParallelism();
  step('Preparing');
  // First, so that a folder that cannot be made is found out before twenty minutes of measuring.
  await mkdir(dirname(output), { recursive: true });
  const { part } = await openParts(`${WORK}parts`, await identityOf(comparison), { resume });
  await ensureVenv('limits');
  await ensureVenv('fastapi-torch');
  const { subjects: frameworks, skipped } = await chooseFrameworks(cores);
  await makeFloatModel(floatModel ?? INT8_MODEL);
  await buildBundles();
  const workload = await prepareWorkload();
  using client = startLoadClient();
  const usual = quick ? QUICK : FULL;
  const plan = { ...usual, rounds: rounds ?? usual.rounds };
  const context: Context = { plan, client, cores, ...workload };

  const peaks = await part('peaks', () => measurePeaks(context));
  const bareRuns = await part('bare-runs', () => measureBareRuns(context));
  const overhead = await part('overhead', () => measureOverheads(context));
  const accuracy = await part('accuracy', async () =>
    accuracyPhotos ? await measureTop1(context, accuracyPhotos) : null,
  );
  const threadSweep = await part('threads', () => sweepTorch(context));

  const container = (await hasImage()) ? ours('container') : undefined;
  const torches = bestSettings(threadSweep).map(({ workers, threads }) => torch(workers, threads));
  const subjects = [
    ours('bundle'),
    ours('sources'),
    ...(container ? [container] : []),
    ...torches,
    ...frameworks,
  ];
  const starts = await part('starts', () => measureStarts(context, subjects));
  const memory = await part('memory', () => measureMemory(context, subjects));
  const loads: Awaited<ReturnType<typeof measureLoadRound>>[] = [];
  for (let round = 0; round < plan.rounds; round += 1)
    loads.push(await part(`load-${round}`, () => measureLoadRound(context, subjects, round)));
  const growing = subjects.filter(({ id }) => ['bundle', 'torch-1'].includes(id));
  const imageSizes = await part('sizes', () =>
    withRunning(context, growing, (servers) => measureImageSizes(context, servers)),
  );
  const batches = await part('batches', () =>
    withRunning(context, growing, (servers) => measureBatches(context, servers)),
  );
  const lambda = container ? await part('lambda', () => measureLambda(context)) : undefined;

  const result = {
    schema: 2,
    date: new Date().toISOString().slice(0, 10),
    quick,
    machine: await describeMachine(),
    versions: await describeVersions(),
    floatModel: floatModel ? 'given' : 'scaled back from int8',
    photos: workload.photos.map(({ name, bytes, width, height }) => ({ name, bytes, width, height })),
    subjects: subjects.map(identity),
    skipped,
    threadSweep,
    ...starts,
    memory,
    container: lambda?.container ?? null,
    load: joinRounds(context, subjects, loads),
    disk: await measureDisk([{ id: 'fastapi-torch', title: 'FastAPI + PyTorch' }, ...frameworks]),
    imageSizes,
    batches,
    bareRuns,
    overhead,
    peaks,
    accuracy,
  } satisfies Result;
  await writeJson(output, resultSchema.parse(result));
  if (lambda && !quick) await writeJson(MEASUREMENT_FILE, lambda.shares);
}

/** What must not change between an interruption and the rest of the run. */
const identityOf = async ({ floatModel, accuracyPhotos, quick }: Comparison): Promise<RunIdentity> => ({
  commit: await run('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*']).catch(
    () => 'unknown',
  ),
  floatModel: floatModel ?? '',
  accuracyPhotos: accuracyPhotos ?? '',
  quick,
});

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
  step(`Wrote ${file}`);
}

/** What is measured while several servers run. */
async function withRunning<Value>(
  context: Context,
  subjects: readonly Subject[],
  measure: (servers: readonly RunningSubject[]) => Promise<Value>,
): Promise<Value> {
  await using running = new AsyncDisposableStack();
  const servers: RunningSubject[] = [];
  for (const subject of subjects)
    servers.push(running.use(await startSubject(subject, await knownPhoto(context))));
  return await measure(servers);
}
