import { Agent, request } from 'node:http';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { loadBundle } from '../lambda/model/bundle.ts';
import { createSession } from '../lambda/model/session.ts';
import { residentMiB, startService } from './lib/service.ts';
import { median } from './lib/statistics.ts';

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
const rounds = Number(values.rounds);
const requests = Number(values.requests);

const repository = fileURLToPath(new URL('..', import.meta.url));
const bundle = await loadBundle(`${repository}models/resnet50`);
const photo = await sharp(`${repository}examples/espresso.jpg`)
  .resize({ width: 500 })
  .jpeg({ quality: 80 })
  .toBuffer();

interface Overhead {
  readonly threads: number;
  readonly bareMs: number;
  readonly httpMs: number;
  readonly ratio: number;
  /** The lowest and the highest ratio of a round. */
  readonly spread: readonly [number, number];
  readonly residentMiB: number;
}

async function measure(threads: number): Promise<Overhead> {
  const session = await createSession(bundle, { threads });
  const tensor = new Float32Array(3 * 224 * 224).map((_, index) => Math.sin(index));
  await using service = await startService({ INTRA_OP_THREADS: String(threads) });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const bare = () => session.run(tensor, 1);
  const http = () => post(service.url, agent);
  await series(bare);
  await series(http);
  const pairs: { readonly bare: number; readonly http: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ bare: median(await series(bare)), http: median(await series(http)) });
  }
  agent.destroy();
  const ratios = pairs.map((pair) => pair.http / pair.bare).sort((a, b) => a - b);
  return {
    threads,
    bareMs: median(pairs.map((pair) => pair.bare)),
    httpMs: median(pairs.map((pair) => pair.http)),
    ratio: median(ratios),
    spread: [ratios[0] ?? 0, ratios.at(-1) ?? 0],
    residentMiB: await residentMiB(service.pid),
  };
}

/** @returns milliseconds of each call. */
async function series(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times;
}

function post(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/jpeg', 'content-length': photo.byteLength };
    const sent = request(`${url}/predict`, { agent, method: 'POST', headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200 && JSON.parse(body).predictions.length === 5) resolve();
        else reject(new Error(`unexpected answer ${response.statusCode}: ${body}`));
      });
    });
    sent.end(photo);
  });
}

const results: Overhead[] = [];
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
