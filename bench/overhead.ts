import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import { measureOverhead, overheadPhoto } from './lib/overhead.ts';

/**
 * What the service adds to the model: warm `POST /predict` of a 500 px JPEG over loopback HTTP against the bare
 * `session.run` of the same model with the same threads. Both take turns within one run, so that a noisy machine slows
 * both; the result is the ratio of their medians. One thread is what Lambda gives to 1,769 MiB.
 *
 *   node bench/overhead.ts [--threads 1,2] [--rounds 15] [--requests 30] [--limit RATIO] [--json]
 *
 * With --limit the run fails where the ratio with the first number of threads is over it.
 */
const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: [...new Set([1, availableParallelism()])].join() },
    rounds: { type: 'string', default: '15' },
    requests: { type: 'string', default: '30' },
    limit: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const photo = await overheadPhoto();

async function measure(threads: number) {
  const { rounds, residentMiB } = await measureOverhead(photo, {
    threads,
    rounds: Number(values.rounds),
    requests: Number(values.requests),
  });
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
    residentMiB,
  };
}

const results: Awaited<ReturnType<typeof measure>>[] = [];
for (const threads of values.threads.split(',').map(Number)) results.push(await measure(threads));

if (values.json) console.log(JSON.stringify({ photoBytes: photo.byteLength, results }, null, 2));
else {
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
const [first] = results;
if (values.limit !== undefined && first && first.ratio > Number(values.limit)) {
  console.error(`The ratio ${first.ratio.toFixed(3)} is over its limit of ${values.limit}.`);
  process.exitCode = 1;
}
