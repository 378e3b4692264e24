import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { docker, IMAGE } from '../scripts/lib/docker/docker.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import { run } from '../scripts/lib/system/run.ts';
import { expectedClasses } from './lib/compare/expected.ts';
import { hasImage } from './lib/compare/frameworks.ts';
import { measureOverhead, overheadPhoto } from './lib/overhead.ts';
import { INT8_BUNDLE } from './lib/paths.ts';
import { usualPhotos } from './lib/photos.ts';
import { startBareRunner } from './lib/subjects/bare-runner.ts';
import { startSubject } from './lib/subjects/running-subject.ts';
import { ours } from './lib/subjects/subjects.ts';

/**
 * Guards what the benchmark found, without Python and in a few minutes: `npm run bench:check`. Every figure has a budget
 * and a margin for neighbours on the machine, and the run fails where one is beyond both. Ratios are of figures that
 * were measured in turns.
 */
const ROUNDS = 5;
const PREDICTIONS = 100;
const bareScript = fileURLToPath(new URL('programs/bare-run.ts', import.meta.url));
const bareRunner = () => startBareRunner('onnxruntime-node', process.execPath, bareScript, INT8_BUNDLE, '1');

await run(process.execPath, ['scripts/build.ts']);
const photos = await usualPhotos();
const classes = await expectedClasses(photos);
const photo = await overheadPhoto();

async function httpOverBare(): Promise<number> {
  const { rounds } = await measureOverhead(photo, { threads: 1, rounds: 10, requests: 30 });
  return ratioOfRounds(
    rounds.map(({ httpMs }) => httpMs),
    rounds.map(({ bareMs }) => bareMs),
  ).median;
}

/** From the command to the first prediction, or to the model loaded and run. */
async function startOverBare(): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bareStart = performance.now();
    await using bare = await bareRunner();
    await bare.run(1);
    const bareSeconds = (performance.now() - bareStart) / 1000;
    await using service = await startService();
    // The first round reads everything from the disk.
    if (round > 0) ratios.push(service.startSeconds / bareSeconds);
  }
  return median(ratios);
}

async function memoryOverBare(): Promise<number> {
  await using bare = await bareRunner();
  await using service = await startService();
  await bare.run(PREDICTIONS);
  for (let index = 0; index < PREDICTIONS; index += 1) {
    const response = await fetch(`${service.url}/predict`, { method: 'POST', body: photo });
    await response.bytes();
  }
  return (await service.usage()).peakMiB / (await bare.usage()).peakMiB;
}

async function startService() {
  const [first] = photos;
  if (!first) throw new Error('Expected a photo');
  const probe = { image: await readFile(first.path), expectedTop: classes[first.name] ?? Number.NaN };
  return startSubject(ours('bundle'), probe);
}

/** A file of the bundle with all that it imports from there: what Lambda reads at a cold start. */
async function bundleKilobytes(file = 'index.mjs'): Promise<number> {
  const text = await readFile(`${REPOSITORY}dist/${file}`, 'utf8');
  let kilobytes = Buffer.byteLength(text) / 1000;
  for (const [, chunk = ''] of text.matchAll(/(?:from|import)\s*"\.\/(chunk-\w+\.mjs)"/g)) {
    kilobytes += await bundleKilobytes(chunk);
  }
  return kilobytes;
}

async function imageMegabytes(): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', IMAGE)) / 1e6;
}

interface Guard {
  readonly figure: string;
  readonly unit: string;
  readonly budget: number;
  /** Beyond the budget, for neighbours and, where docs/benchmarks.md explains why it does not hold, for that. */
  readonly margin: number;
  readonly measure: () => Promise<number>;
}

const guards: readonly Guard[] = [
  {
    figure: 'POST /predict over the bare run, 1 thread',
    unit: 'times',
    budget: 1.2,
    margin: 0.4,
    measure: httpOverBare,
  },
  {
    figure: 'Start to first prediction over load and run of the bare model',
    unit: 'times',
    budget: 1.3,
    margin: 0.4,
    measure: startOverBare,
  },
  {
    figure: `Peak memory after ${PREDICTIONS} predictions over the bare model`,
    unit: 'times',
    budget: 1.25,
    margin: 0.25,
    measure: memoryOverBare,
  },
  {
    figure: 'Bundle of the function',
    unit: 'kB',
    budget: 900,
    margin: 100,
    measure: () => bundleKilobytes(),
  },
  ...((await hasImage())
    ? [{ figure: 'Image, uncompressed', unit: 'MB', budget: 400, margin: 0, measure: imageMegabytes }]
    : []),
];

const row = (...[figure, measured, budget, limit]: readonly [string, string, string, string]) =>
  console.log(`${figure.padEnd(64)}${measured.padStart(12)}${budget.padStart(12)}${limit.padStart(12)}`);

row('', 'measured', 'budget', 'fails over');
for (const { figure, unit, budget, margin, measure } of guards) {
  const measured = await measure();
  const limit = budget + margin;
  const digits = unit === 'times' ? 2 : 0;
  row(figure, `${measured.toFixed(digits)} ${unit}`, budget.toFixed(digits), limit.toFixed(digits));
  if (!(measured <= limit)) process.exitCode = 1;
}
