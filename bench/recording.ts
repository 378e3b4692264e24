import { runCommand } from '../scripts/lib/command/command.ts';
import { flag, number, wholeNumber } from '../scripts/lib/command/options.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import { buildBundles } from './lib/build.ts';
import { overheadPhoto } from './lib/photos.ts';
import { measureRecording, type RecordingRound } from './lib/recording/measure.ts';
import { watch } from './lib/recording/watchers.ts';
import { startSubject } from './lib/subjects/running-subject.ts';
import { ours } from './lib/subjects/subjects.ts';
import { knownPhoto, prepareWorkload } from './lib/workload.ts';

await runCommand(
  {
    name: 'npm run bench:recording --',
    summary:
      'Measures what the live view and the metrics for Prometheus cost: a warm POST /predict of a 500 px JPEG with\n' +
      'ADMIN=loopback, one viewer and one scrape a second, against ADMIN=off. Both services take turns in one run, so that a\n' +
      'noisy machine slows both. The results are ratios of the p50 and of the CPU time of a prediction.',
    examples: ['', '--rounds 10 --json'],
    activity: 'Measuring',
    options: {
      threads: wholeNumber('N', { help: 'threads of the model', min: 1, max: 64, default: 1 }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 1000, default: 30 }),
      requests: wholeNumber('N', {
        help: 'requests to each service in a round',
        min: 1,
        max: 10_000,
        default: 50,
      }),
      limit: number('RATIO', { help: 'fails if the ratio of the p50 is over it', min: 1, max: 100 }),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'done', failure: 'the ratio is over --limit' },
  },
  async ({ threads, rounds, requests, limit, json }) => {
    await buildBundles();
    const photo = await overheadPhoto();
    const known = await knownPhoto(await prepareWorkload());
    const start = (ADMIN: 'off' | 'loopback') =>
      startSubject(
        { ...ours('bundle', { INTRA_OP_THREADS: String(threads), ADMIN }), id: `admin-${ADMIN}` },
        known,
      );
    await using off = await start('off');
    await using recording = await start('loopback');
    await using _watchers = watch(recording.url);
    const [without = [], withRecording = []] = await measureRecording([off, recording], photo, {
      rounds,
      requests,
    });
    const result = {
      off: mediansOf(without),
      recording: mediansOf(withRecording),
      p50: ratio(without, withRecording, ({ p50Ms }) => p50Ms),
      cpu: ratio(without, withRecording, ({ cpuMsOfPrediction }) => cpuMsOfPrediction),
    };
    if (json) console.log(JSON.stringify({ threads, rounds, requests, ...result }, null, 2));
    else print(result);
    if (limit === undefined || result.p50.median <= limit) return 0;
    console.error(`Expected a ratio of at most ${limit}, got ${result.p50.median.toFixed(3)}`);
    return 1;
  },
);

function mediansOf(rounds: readonly RecordingRound[]) {
  return {
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    cpuMsOfPrediction: median(rounds.map(({ cpuMsOfPrediction }) => cpuMsOfPrediction)),
  };
}

function ratio(
  without: readonly RecordingRound[],
  withRecording: readonly RecordingRound[],
  figure: (round: RecordingRound) => number,
) {
  return ratioOfRounds(withRecording.map(figure), without.map(figure));
}

function print({
  off,
  recording,
  p50,
  cpu,
}: {
  readonly off: ReturnType<typeof mediansOf>;
  readonly recording: ReturnType<typeof mediansOf>;
  readonly p50: ReturnType<typeof ratio>;
  readonly cpu: ReturnType<typeof ratio>;
}): void {
  const row = (without: number, withRecording: number, { median: middle, low, high }: typeof p50) => ({
    'ADMIN=off': without.toFixed(2),
    'ADMIN=loopback': withRecording.toFixed(2),
    ratio: middle.toFixed(3),
    'of rounds': `${low.toFixed(2)} to ${high.toFixed(2)}`,
  });
  console.table({
    'p50, ms': row(off.p50Ms, recording.p50Ms, p50),
    'CPU of a prediction, ms': row(off.cpuMsOfPrediction, recording.cpuMsOfPrediction, cpu),
  });
}
