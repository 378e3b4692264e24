import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { writeFileAtomically } from '../scripts/lib/system/files.ts';
import { run } from '../scripts/lib/system/run.ts';
import { measureTop1 } from './lib/compare/accuracy.ts';
import { measureBareRuns, measurePeaks } from './lib/compare/bare-runs.ts';
import { type Context, identity, probeOf, step } from './lib/compare/context.ts';
import { measureDisk } from './lib/compare/disk.ts';
import { expectedClasses } from './lib/compare/expected.ts';
import { chooseFrameworks, hasImage } from './lib/compare/frameworks.ts';
import { sweepLoad } from './lib/compare/load-sweep.ts';
import { FULL, QUICK } from './lib/compare/plan.ts';
import { measureBatches, measureImageSizes } from './lib/compare/shapes.ts';
import { measureStarts } from './lib/compare/starts.ts';
import { bestSettings, sweepTorch } from './lib/compare/thread-sweep.ts';
import { startLoadClient } from './lib/load/client.ts';
import { describeMachine, describeVersions } from './lib/machine/describe.ts';
import { measureOverhead, overheadPhoto } from './lib/overhead.ts';
import { INT8_BUNDLE, WORK } from './lib/paths.ts';
import { usualPhotos } from './lib/photos.ts';
import { makeFloatModel } from './lib/python/float-model.ts';
import { ensureVenv } from './lib/python/venv.ts';
import { type Result, resultSchema } from './lib/result.ts';
import { startSubject } from './lib/subjects/running-subject.ts';
import { ours, torch } from './lib/subjects/subjects.ts';

/**
 * Measures this service beside the Python stack that it replaces, beside serving frameworks and against the limits of the
 * hardware, on this machine, and writes the raw result. `node bench/report.ts` makes docs/benchmarks.md of it.
 *
 *   node bench/compare.ts [--float MODEL.onnx] [--photos FOLDER] [--output FILE] [--quick]
 *
 * --float is a float32 ONNX model with batch norm folded, the one that the int8 model was made from; without it the int8
 * weights are scaled back. --photos is a folder of photos named by WordNet id, for the accuracy of both. Needs Python 3.11
 * and, on the first run, PyPI; what it installs is under .bench/.
 */
const { values } = parseArgs({
  options: {
    float: { type: 'string' },
    photos: { type: 'string' },
    output: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const target =
  values.output ?? (values.quick ? `${WORK}result.json` : `${REPOSITORY}docs/benchmarks/result.json`);
const plan = values.quick ? QUICK : FULL;
const cores = availableParallelism();

// An interruption ends the process in order, so that the servers end with it.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

step('Preparing');
// Before twenty minutes of measuring, not after.
await mkdir(dirname(target), { recursive: true });
await ensureVenv('limits');
await ensureVenv('fastapi-torch');
const { subjects: frameworks, skipped } = await chooseFrameworks(cores);
await makeFloatModel(values.float ?? `${INT8_BUNDLE}/resnet50-int8.onnx`);
await run(process.execPath, ['scripts/build.ts']);
const photos = await usualPhotos();
using client = startLoadClient();
const context: Context = { plan, client, photos, expectedTop: await expectedClasses(photos), cores };

const peaks = await measurePeaks(context);
const bareRuns = await measureBareRuns(context);
step('HTTP over the bare run');
const overhead: Result['overhead'] = [];
for (const threads of new Set([1, cores])) {
  const { rounds } = await measureOverhead(await overheadPhoto(), {
    threads,
    rounds: plan.bareRounds,
    requests: plan.bareRuns,
  });
  overhead.push({ threads, rounds: [...rounds] });
}
const accuracy = values.photos ? await measureTop1(context, values.photos) : null;
const threadSweep = await sweepTorch(context);

const container = (await hasImage()) ? [ours('container')] : [];
const stacks = bestSettings(threadSweep).map(({ workers, threads }) => torch(workers, threads));
const subjects = [ours('bundle'), ours('sources'), ...container, ...stacks, ...frameworks];
const starts = await measureStarts(context, subjects);

await using running = new AsyncDisposableStack();
const servers: Awaited<ReturnType<typeof startSubject>>[] = [];
for (const subject of subjects)
  servers.push(running.use(await startSubject(subject, await probeOf(context))));
const { load, memory } = await sweepLoad(context, servers);
const shown = servers.filter(({ subject }) => ['bundle', 'torch-1'].includes(subject.id));
const imageSizes = await measureImageSizes(context, shown);
const batches = await measureBatches(context, shown);
await running.disposeAsync();

const result = {
  schema: 1,
  date: new Date().toISOString().slice(0, 10),
  quick: values.quick,
  machine: await describeMachine(),
  versions: await describeVersions(),
  floatModel: values.float ? 'given' : 'scaled back from int8',
  photos: photos.map(({ name, bytes, width, height }) => ({ name, bytes, width, height })),
  subjects: subjects.map(identity),
  skipped,
  threadSweep,
  load,
  starts,
  memory,
  disk: await measureDisk([{ id: 'fastapi-torch', title: 'FastAPI + PyTorch' }, ...frameworks]),
  imageSizes,
  batches,
  bareRuns,
  overhead,
  peaks,
  accuracy,
} satisfies Result;
await writeFileAtomically(target, `${JSON.stringify(resultSchema.parse(result), null, 2)}\n`);
step(`Wrote ${target}`);
