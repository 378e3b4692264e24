import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { MIB_PER_VCPU, threadsFor } from '../lambda/config.ts';
import { type Container, startContainer } from '../scripts/lib/docker/container.ts';
import { docker, IMAGE, INVOKE_PATH } from '../scripts/lib/docker/docker.ts';
import { serviceProcess } from '../scripts/lib/docker/service-process.ts';
import { median, percentile } from '../scripts/lib/statistics.ts';
import { retry } from '../scripts/lib/system/wait.ts';

/**
 * How long a prediction takes with the share of a vCPU that a memory setting of Lambda buys: `POST /predict` of a 500 px
 * JPEG to the image `resnet50`, one request after the other, with the memory limit and the thread count of that setting.
 * The shares take turns in every round, so that a noisy machine slows all of them.
 *
 *   node bench/vcpu-shares.ts [--shares 0.25,0.5,…] [--rounds 5] [--requests 60] [--threads N] [--period-ms 20]
 *     [--json FILE]
 *
 * Without --threads the model has as many as `lambda/config.ts` gives it for that memory.
 *
 * Lambda enforces a share by quotas of the kernel's scheduler, in periods of 20 ms by what functions can observe
 * (github.com/pwrdrvr/lambda-throttling); `docker run --cpus` would take periods of 100 ms, in which a short request
 * never meets its quota. `scripts/lib/cost/durations.json` holds a result.
 */
const { values } = parseArgs({
  options: {
    shares: { type: 'string', default: '0.25,0.5,0.75,1,1.25,1.5,2' },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '60' },
    threads: { type: 'string' },
    'period-ms': { type: 'string', default: '20' },
    json: { type: 'string' },
  },
});
const shares = values.shares.split(',').map(Number);
const rounds = Number(values.rounds);
const requests = Number(values.requests);
const threadsOf = (share: number) => Number(values.threads ?? threadsFor(share));
const periodMs = Number(values['period-ms']);
const WARM_UP = 15;

const photo = await sharp(fileURLToPath(new URL('../examples/espresso.jpg', import.meta.url)))
  .resize({ width: 500 })
  .jpeg({ quality: 80 })
  .toBuffer();

function limits(share: number): string[] {
  const memory = `${Math.round(share * MIB_PER_VCPU)}m`;
  return [
    `--cpu-period=${periodMs * 1000}`,
    `--cpu-quota=${Math.round(share * periodMs * 1000)}`,
    `--memory=${memory}`,
    `--memory-swap=${memory}`,
  ];
}

interface Round {
  readonly times: readonly number[];
  /** CPU time of the server for each prediction, in milliseconds. */
  readonly cpuMs: number;
}

async function measure(share: number): Promise<Round> {
  await using server = await startContainer({
    // Lambda runs no health check, which would take its share.
    options: [...limits(share), '--no-healthcheck', `--env=INTRA_OP_THREADS=${threadsOf(share)}`],
    command: ['http'],
  });
  await retry(() => predict(server.url), { pauseMs: 50 });
  for (let index = 0; index < WARM_UP; index += 1) await predict(server.url);
  const cpuBefore = await cpuTimeMs(server);
  const times: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const start = performance.now();
    await predict(server.url);
    times.push(performance.now() - start);
  }
  return { times, cpuMs: ((await cpuTimeMs(server)) - cpuBefore) / requests };
}

async function predict(url: string): Promise<void> {
  const response = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: photo,
  });
  const body = await response.text();
  if (!response.ok || JSON.parse(body).predictions.length !== 5) {
    throw new Error(`Expected five predictions from /predict, got ${response.status}: ${body}`);
  }
}

/** User and system time of the server, which /proc counts in ticks of 10 ms. */
async function cpuTimeMs(container: Container): Promise<number> {
  const stat = await serviceProcess(container, 'stat');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  if (user === undefined || system === undefined) throw new Error(`Expected CPU times, got ${stat}`);
  return (user + system) * 10;
}

/** The init phase with one vCPU, as the emulator reports it. */
async function initMs(): Promise<number> {
  await using emulator = await startContainer({
    options: [...limits(1), `--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE=${MIB_PER_VCPU}`],
  });
  const body = JSON.stringify({ httpMethod: 'GET', path: '/ready' });
  await retry(() => fetch(`${emulator.url}${INVOKE_PATH}`, { method: 'POST', body }));
  const logs = await emulator.logs();
  const milliseconds = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(logs)?.[1];
  if (!milliseconds) throw new Error(`Expected the emulator to report its init phase, got ${logs}`);
  return Number(milliseconds);
}

const round = (value: number) => Number(value.toFixed(2));
const measured = new Map<number, Round[]>(shares.map((share) => [share, []]));
const inits: number[] = [];
for (let index = 0; index < rounds; index += 1) {
  for (const [share, results] of measured) results.push(await measure(share));
  inits.push(await initMs());
}

/** The quantiles of a share are the medians of those of its rounds, so that one disturbed round does not decide. */
const points = [...measured].map(([vcpuShare, results]) => {
  const over = (value: (times: readonly number[]) => number) =>
    round(median(results.map(({ times }) => value(times))));
  return {
    vcpuShare,
    threads: threadsOf(vcpuShare),
    meanMs: over((times) => times.reduce((sum, time) => sum + time, 0) / times.length),
    p50Ms: over((times) => percentile(times, 0.5)),
    p95Ms: over((times) => percentile(times, 0.95)),
    cpuMs: round(median(results.map(({ cpuMs }) => cpuMs))),
  };
});
console.table(points);
console.log(`Init phase: ${round(median(inits))} ms`);

const result = {
  measuredOn: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} cores of an ${cpus()[0]?.model.trim()}`,
  image: (await docker('image', 'inspect', '--format', '{{.Id}}', IMAGE)).slice(0, 19),
  photoBytes: photo.byteLength,
  rounds,
  requestsPerRound: requests,
  periodMs,
  initMs: round(median(inits)),
  points,
};
if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
