import { availableParallelism } from 'node:os';
import { runCommand } from '../scripts/lib/command/command.ts';
import { flag, number, numbers, wholeNumber } from '../scripts/lib/command/options.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import { buildBundles } from './lib/build.ts';
import { measureOverhead, type OverheadSettings } from './lib/overhead/measure.ts';
import { startOverheadPair } from './lib/overhead/pair.ts';
import { overheadPhoto } from './lib/photos.ts';
import type { KnownPhoto } from './lib/subjects/first-prediction.ts';
import { knownPhoto, prepareWorkload } from './lib/workload.ts';

await runCommand(
  {
    name: 'npm run bench:overhead --',
    summary:
      'Measures what the service adds to the model: a warm POST /predict of a 500 px JPEG over loopback HTTP, against the\n' +
      'bare session.run of the same model with the same threads in a process of its own. Both take turns in one run, so\n' +
      'that a noisy machine slows both. The result is the ratio of their medians. One thread is what Lambda gives to 1,769\n' +
      'MiB.',
    examples: ['', '--threads 1 --limit 1.2'],
    activity: 'Measuring',
    options: {
      threads: numbers('N,N', {
        help: 'threads of the model',
        min: 1,
        max: 64,
        default: [...new Set([1, availableParallelism()])],
      }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 1000, default: 15 }),
      requests: wholeNumber('N', {
        help: 'requests of each kind in a round',
        min: 1,
        max: 10_000,
        default: 30,
      }),
      limit: number('RATIO', {
        help: 'fails if the ratio with the first threads is over it',
        min: 1,
        max: 100,
      }),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'done', failure: 'the ratio is over --limit' },
  },
  async ({ threads, rounds, requests, limit, json }) => {
    await buildBundles();
    const photo = await overheadPhoto();
    const known = await knownPhoto(await prepareWorkload());
    const results: Awaited<ReturnType<typeof measure>>[] = [];
    for (const count of threads) {
      results.push(await measure(photo, known, count, { rounds, requests }));
    }
    if (json) console.log(JSON.stringify({ photoBytes: photo.byteLength, results }, null, 2));
    else print(photo, results);

    const [first] = results;
    if (limit === undefined || first === undefined || first.ratio <= limit) return 0;
    console.error(`Expected a ratio of at most ${limit}, got ${first.ratio.toFixed(3)}`);
    return 1;
  },
);

async function measure(photo: Buffer, known: KnownPhoto, threads: number, settings: OverheadSettings) {
  await using pair = await startOverheadPair(known, threads);
  const [rounds = []] = await measureOverhead([pair], photo, settings);
  const bare = rounds.map(({ bareMs }) => bareMs);
  const http = rounds.map(({ httpMs }) => httpMs);
  const ratio = ratioOfRounds(http, bare);
  return {
    threads,
    bareMs: median(bare),
    httpMs: median(http),
    ratio: ratio.median,
    /** The lowest and the highest ratio of a round. */
    spread: [ratio.low, ratio.high],
    residentMiB: (await pair.service.usage()).residentMiB,
  };
}

function print(photo: Buffer, results: readonly Awaited<ReturnType<typeof measure>>[]): void {
  console.log(`POST /predict of a 500 px JPEG (${photo.byteLength} bytes) against session.run, medians`);
  console.table(
    results.map(({ threads, bareMs, httpMs, ratio, spread, residentMiB }) => ({
      threads,
      'session.run ms': bareMs.toFixed(2),
      'POST /predict ms': httpMs.toFixed(2),
      ratio: ratio.toFixed(3),
      'of rounds': spread.map((value) => value.toFixed(2)).join(' to '),
      'RSS MiB': Math.round(residentMiB),
    })),
  );
}
