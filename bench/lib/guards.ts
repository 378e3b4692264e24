import { readFile } from 'node:fs/promises';
import { docker, IMAGE } from '../../scripts/lib/docker/docker.ts';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { median, ratioOfRounds } from '../../scripts/lib/statistics.ts';
import { expectedClasses } from './compare/expected.ts';
import { hasImage } from './compare/installable.ts';
import { measureOverhead, overheadPhoto } from './overhead.ts';
import { INT8_BUNDLE, programPath } from './paths.ts';
import { usualPhotos } from './photos.ts';
import { startBareRunner } from './subjects/bare-runner.ts';
import { startSubject } from './subjects/running-subject.ts';
import { ours } from './subjects/subjects.ts';

/** A figure that must not get worse. */
export interface Guard {
  readonly figure: string;
  readonly unit: 'times' | 'kB' | 'MB';
  readonly target: number;
  /**
   * How far the figure may be over its target: for noise, and for targets that are missed, which
   * docs/benchmarks.md explains.
   */
  readonly margin: number;
  readonly measure: () => Promise<number>;
}

const ROUNDS = 5;
const PREDICTIONS = 100;

/** The guards that this machine can measure. The guard of the image needs Docker. */
export async function createGuards(): Promise<readonly Guard[]> {
  const photo = await overheadPhoto();
  const start = await serviceStarter();
  return [
    {
      figure: 'POST /predict over the bare run, 1 thread',
      unit: 'times',
      target: 1.2,
      margin: 0.4,
      measure: () => httpOverBare(photo),
    },
    {
      figure: 'Start to first prediction over load and run of the bare model',
      unit: 'times',
      target: 1.3,
      margin: 0.4,
      measure: () => startOverBare(start),
    },
    {
      figure: `Peak memory after ${PREDICTIONS} predictions over the bare model`,
      unit: 'times',
      target: 1.25,
      margin: 0.25,
      measure: () => memoryOverBare(start, photo),
    },
    {
      figure: 'Bundle of the function',
      unit: 'kB',
      target: 900,
      margin: 100,
      measure: () => bundleKilobytes('index.mjs'),
    },
    ...((await hasImage())
      ? [
          {
            figure: 'Image, uncompressed',
            unit: 'MB',
            target: 400,
            margin: 0,
            measure: imageMegabytes,
          } as const,
        ]
      : []),
  ];
}

const bareRunner = () =>
  startBareRunner('onnxruntime-node', process.execPath, programPath('bare-run'), INT8_BUNDLE, '1');

type Start = Awaited<ReturnType<typeof serviceStarter>>;

/** Starts the bundled service, and resolves when it has predicted the right class. */
async function serviceStarter() {
  const photos = await usualPhotos();
  const classes = await expectedClasses(photos);
  const [first] = photos;
  if (!first) throw new Error('Expected a photo, got none');
  const known = { image: await readFile(first.path), expectedTop: classes[first.name] ?? Number.NaN };
  return () => startSubject(ours('bundle'), known);
}

async function httpOverBare(photo: Buffer): Promise<number> {
  const { rounds } = await measureOverhead(photo, { threads: 1, rounds: 10, requests: 30 });
  return ratioOfRounds(
    rounds.map(({ httpMs }) => httpMs),
    rounds.map(({ bareMs }) => bareMs),
  ).median;
}

/** From the command to the first prediction, over loading and running the bare model. */
async function startOverBare(start: Start): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bareStart = performance.now();
    await using bare = await bareRunner();
    await bare.run(1);
    const bareSeconds = (performance.now() - bareStart) / 1000;
    await using service = await start();
    // The first round reads everything from the disk.
    if (round > 0) ratios.push(service.startSeconds / bareSeconds);
  }
  return median(ratios);
}

async function memoryOverBare(start: Start, photo: Buffer): Promise<number> {
  await using bare = await bareRunner();
  await using service = await start();
  await bare.run(PREDICTIONS);
  for (let index = 0; index < PREDICTIONS; index += 1) {
    const response = await fetch(`${service.url}/predict`, { method: 'POST', body: photo });
    await response.bytes();
  }
  return (await service.usage()).peakMiB / (await bare.usage()).peakMiB;
}

/** A file of the bundle and everything that it imports from there: what Lambda reads at a cold start. */
async function bundleKilobytes(file: string): Promise<number> {
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
