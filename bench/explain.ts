import { runCommand } from '../scripts/lib/command/command.ts';
import { flag, number, text, wholeNumber } from '../scripts/lib/command/options.ts';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import { buildBundles } from './lib/build.ts';
import { type KindRound, measureKinds } from './lib/explain/measure.ts';
import { PHOTO_REQUESTS, type RequestKind } from './lib/explain/requests.ts';
import { overheadPhoto } from './lib/photos.ts';
import { startSubject } from './lib/subjects/running-subject.ts';
import { ours } from './lib/subjects/subjects.ts';
import { knownPhoto, prepareWorkload } from './lib/workload.ts';

const KINDS = Object.keys(PHOTO_REQUESTS) as RequestKind[];

await runCommand(
  {
    name: 'npm run bench:explain --',
    summary:
      'Measures what explanations and embeddings add to a prediction: one client sends a 500 px JPEG at a time over loopback\n' +
      'HTTP. All kinds of requests take turns in each round. The results are the ratios to POST /predict.',
    examples: ['', '--model efficientnet-lite2 --rounds 5'],
    activity: 'Measuring',
    options: {
      model: text('NAME', { help: 'a model in models/', default: 'resnet50' }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 1000, default: 10 }),
      requests: wholeNumber('N', {
        help: 'requests of each kind in a round',
        min: 1,
        max: 10_000,
        default: 60,
      }),
      limit: number('RATIO', { help: 'fails if the p50 with explain=1 is over it', min: 1, max: 100 }),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'done', failure: 'the ratio with explain=1 is over --limit' },
  },
  async ({ model, rounds, requests, limit, json }) => {
    await buildBundles();
    const known = await knownPhoto(await prepareWorkload(model));
    await using service = await startSubject(ours('bundle', { MODELS: model }), known);
    const measured = await measureKinds(service, await overheadPhoto(), KINDS, { rounds, requests });
    const results = KINDS.map((kind) => ({ kind, ...compare(measured[kind], measured.predict) }));
    console.log(json ? JSON.stringify({ model, rounds, requests, results }, null, 2) : table(results));

    const ratio = results.find(({ kind }) => kind === 'explain1')?.p50.ratio.median ?? Number.NaN;
    if (limit === undefined || ratio <= limit) return 0;
    console.error(`Expected a ratio of at most ${limit} with explain=1, got ${ratio.toFixed(3)}`);
    return 1;
  },
);

/** Medians of the rounds, and the ratios to the same rounds of the plain predictions. */
function compare(rounds: readonly KindRound[], plain: readonly KindRound[]) {
  const figure = (name: keyof KindRound) => {
    const values = (some: readonly KindRound[]) => some.map((round) => round[name]);
    return { ms: median(values(rounds)), ratio: ratioOfRounds(values(rounds), values(plain)) };
  };
  return { p50: figure('p50Ms'), cpu: figure('cpuMs') };
}

type Compared = ReturnType<typeof compare> & { readonly kind: RequestKind };

function table(results: readonly Compared[]): string {
  const cells = ({ ms, ratio: { median, low, high } }: Compared['p50']) => [
    ms.toFixed(2),
    `${median.toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
  ];
  return markdownTable(
    ['Request', 'p50, ms', 'Ratio (rounds)', 'CPU time, ms', 'Ratio (rounds)'],
    results.map(({ kind, p50, cpu }) => [PHOTO_REQUESTS[kind].title, ...cells(p50), ...cells(cpu)]),
  );
}
