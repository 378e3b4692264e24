import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../scripts/lib/command/command.ts';
import { flag, number, text, wholeNumber } from '../scripts/lib/command/options.ts';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import { buildBundles } from './lib/build.ts';
import { type JobBenchRound, measureJobs } from './lib/jobs/measure.ts';
import { usualPhotos } from './lib/photos.ts';
import { startSubject } from './lib/subjects/running-subject.ts';
import { ours } from './lib/subjects/subjects.ts';
import { knownPhoto, prepareWorkload } from './lib/workload.ts';

/** Of a folder, so that a round takes seconds. */
const MOST_PHOTOS = 40;
const PHOTO = /\.(jpe?g|png|webp)$/i;

await runCommand(
  {
    name: 'npm run bench:jobs --',
    summary:
      'Compares jobs of the HTTP server with POST /predict in one run: the throughput of a job over that of several clients\n' +
      'that send the same photos, and how much longer a prediction takes while a job runs. All measurements take turns.',
    examples: ['', '--photos ~/Pictures --rounds 3'],
    activity: 'Measuring',
    options: {
      photos: text('FOLDER', {
        help: `the first ${MOST_PHOTOS} photos of a folder, in place of three photos of 500 px`,
      }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 1000, default: 7 }),
      clients: wholeNumber('N', {
        help: 'clients of POST /predict; a job has all photos once for each of them',
        min: 1,
        max: 25,
        default: 8,
      }),
      requests: wholeNumber('N', {
        help: 'online predictions in a round',
        min: 20,
        max: 10_000,
        default: 60,
      }),
      rate: number('N', { help: 'online predictions a second', min: 0.1, max: 1000, default: 8 }),
      json: flag('prints JSON'),
    },
  },
  async ({ photos: folder, json, ...settings }) => {
    await buildBundles();
    const known = await knownPhoto(await prepareWorkload());
    const photos = await (folder === undefined ? usual() : photosIn(folder));
    const data = await mkdtemp(join(tmpdir(), 'bench-jobs-'));
    try {
      await using service = await startSubject(ours('bundle', { DATA_DIR: data }), known);
      const rounds = await measureJobs(service.url, photos, settings);
      const result = compare(rounds);
      console.log(
        json ? JSON.stringify({ photos: photos.length, ...settings, ...result }, null, 2) : table(result),
      );
    } finally {
      await rm(data, { recursive: true, force: true });
    }
    return 0;
  },
);

/** Several times, so that a job of them takes seconds. */
async function usual(): Promise<readonly Buffer[]> {
  const photos = await Promise.all((await usualPhotos()).map(({ path }) => readFile(path)));
  return Array.from({ length: 30 }, (_, index) => photos[index % photos.length] as Buffer);
}

async function photosIn(folder: string): Promise<readonly Buffer[]> {
  const names = (await readdir(folder)).filter((name) => PHOTO.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder}: expected photos, got none`);
  return Promise.all(names.slice(0, MOST_PHOTOS).map((name) => readFile(join(folder, name))));
}

/** Medians of the rounds, and the ratios of jobs to the same rounds without. */
function compare(rounds: readonly JobBenchRound[]) {
  const figure = (ours: (round: JobBenchRound) => number, theirs: (round: JobBenchRound) => number) => ({
    plain: median(rounds.map(theirs)),
    job: median(rounds.map(ours)),
    ratio: ratioOfRounds(rounds.map(ours), rounds.map(theirs)),
  });
  return {
    throughput: figure(
      ({ job }) => job,
      ({ plain }) => plain,
    ),
    p50: figure(
      ({ busy }) => busy.p50Ms,
      ({ quiet }) => quiet.p50Ms,
    ),
    p95: figure(
      ({ busy }) => busy.p95Ms,
      ({ quiet }) => quiet.p95Ms,
    ),
  };
}

function table({ throughput, p50, p95 }: ReturnType<typeof compare>): string {
  const row = (name: string, { plain, job, ratio: { median: middle, low, high } }: typeof p50) => [
    name,
    plain.toFixed(1),
    job.toFixed(1),
    `${middle.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
  ];
  return markdownTable(
    ['', 'POST /predict', 'With a job', 'Ratio (rounds)'],
    [
      row('Photos a second: all clients, or the job alone', throughput),
      row('p50 of online predictions, ms: no job, or one that runs', p50),
      row('p95 of online predictions, ms', p95),
    ],
  );
}
