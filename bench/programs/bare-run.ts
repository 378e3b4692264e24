import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from '../../lambda/model/onnxruntime.ts';

/**
 * Loads a model in the fastest known way, by its path and without a check, and runs it, one image at a time:
 *
 *   node bench/programs/bare-run.ts BUNDLE THREADS
 *
 * Runs it once and prints a line. Then it reads lines with a number of runs, and answers each with a line of
 * JSON: the milliseconds of each run.
 */
const [directory = '', threads = '1'] = process.argv.slice(2);

/** What this program needs of the bundle's manifest. Checking all of it would take time. */
interface BareManifest {
  readonly file: string;
  /** Present if the graph is loaded as it is. */
  readonly optimised?: object;
  readonly input: {
    readonly name: string;
    readonly dtype: 'float32' | 'uint8';
    readonly shape: readonly [batch: number | null, ...image: number[]];
  };
  readonly output: { readonly name: string };
}

const { file, optimised, input, output }: BareManifest = JSON.parse(
  readFileSync(join(directory, 'manifest.json'), 'utf8'),
);
const session = await InferenceSession.create(join(directory, file), {
  executionProviders: ['cpu'],
  graphOptimizationLevel: optimised ? 'disabled' : 'all',
  interOpNumThreads: 1,
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 3,
});
const [, ...image] = input.shape;
const wave = Array.from({ length: image.reduce((product, size) => product * size) }, (_, index) =>
  Math.sin(index),
);
const tensor =
  input.dtype === 'uint8'
    ? new Tensor(
        'uint8',
        Uint8Array.from(wave, (value) => Math.round(127.5 * (value + 1))),
        [1, ...image],
      )
    : new Tensor('float32', Float32Array.from(wave), [1, ...image]);
const feeds = { [input.name]: tensor };
// Without names, a run returns all outputs, such as those for explanations.
const fetches = [output.name];
await session.run(feeds, fetches);

console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const times: number[] = [];
  for (let run = 0; run < Number(line); run += 1) {
    const start = performance.now();
    await session.run(feeds, fetches);
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify(times));
}
