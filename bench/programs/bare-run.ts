import { createInterface } from 'node:readline';
import { loadBundle } from '../../lambda/model/bundle.ts';
import { createSession } from '../../lambda/model/session.ts';
import { sampleImage } from '../lib/sample-image.ts';

/**
 * Runs a model and nothing else, one image at a time:
 *
 *   node bench/programs/bare-run.ts BUNDLE THREADS
 *
 * Prints a line when it is ready. Then it reads lines with a number of runs, and answers each with a line of
 * JSON: the milliseconds of each run.
 */
const [directory = '', threads = '1'] = process.argv.slice(2);
const bundle = await loadBundle(directory);
const session = await createSession(bundle, { threads: Number(threads) });
const image = sampleImage(bundle.manifest.input);

console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const times: number[] = [];
  for (let run = 0; run < Number(line); run += 1) {
    const start = performance.now();
    await session.run(image, 1);
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify(times));
}
