import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Manifest } from '../../lambda/model/manifest.ts';
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
const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
const session = await InferenceSession.create(join(directory, manifest.file), {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  interOpNumThreads: 1,
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 3,
});
const [, ...image] = manifest.input.shape;
const values = image.reduce((product, size) => product * size, 1);
const input = new Tensor(
  Float32Array.from({ length: values }, (_, index) => Math.sin(index)),
  [1, ...image],
);
const feeds = { [manifest.input.name]: input };
await session.run(feeds);

console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const times: number[] = [];
  for (let run = 0; run < Number(line); run += 1) {
    const start = performance.now();
    await session.run(feeds);
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify(times));
}
