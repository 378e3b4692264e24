import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { MIB_PER_VCPU, threadsFor } from '../lambda/config.ts';
import { runCommand } from '../scripts/lib/command/command.ts';
import { numbers, text, wholeNumber } from '../scripts/lib/command/options.ts';
import { docker, IMAGE } from '../scripts/lib/docker/docker.ts';
import { median, percentile } from '../scripts/lib/statistics.ts';
import { overheadPhoto } from './lib/photos.ts';
import { measureInitMs, measureShare, type ShareRound } from './lib/vcpu-shares/measure.ts';

await runCommand(
  {
    name: 'npm run bench:vcpu-shares --',
    summary:
      'Measures how long a prediction takes with the share of a vCPU that a memory setting of Lambda buys: POST /predict\n' +
      'of a 500 px JPEG to the image resnet50, one request after the other, with the memory and the threads of that\n' +
      'setting. The shares take turns in every round, so that a noisy machine slows all of them. The result is\n' +
      'scripts/lib/cost/durations.json.',
    options: {
      shares: numbers('N,N', {
        help: 'shares of a vCPU',
        min: 0.05,
        max: 6,
        default: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2],
      }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 1000, default: 5 }),
      requests: wholeNumber('N', { help: 'requests in a round', min: 1, max: 10_000, default: 60 }),
      threads: wholeNumber('N', {
        help: 'threads of the model; without it, what lambda/config.ts gives to the memory',
        min: 1,
        max: 64,
      }),
      'period-ms': wholeNumber('MS', { help: 'period of the CPU quotas', min: 1, max: 1000, default: 20 }),
      json: text('FILE', { help: 'writes the result as JSON' }),
    },
  },
  async ({ shares, rounds, requests, threads, 'period-ms': periodMs, json }) => {
    const photo = await overheadPhoto();
    const threadsOf = (share: number) => threads ?? threadsFor(share);
    const measured = new Map<number, ShareRound[]>(shares.map((share) => [share, []]));
    const inits: number[] = [];
    for (let index = 0; index < rounds; index += 1) {
      for (const [share, results] of measured) {
        const limits = { share, periodMs, memoryMiB: Math.round(share * MIB_PER_VCPU) };
        results.push(await measureShare(photo, { ...limits, threads: threadsOf(share), requests }));
      }
      inits.push(await measureInitMs({ share: 1, periodMs, memoryMiB: MIB_PER_VCPU }));
    }
    const points = [...measured].map(([share, results]) => pointOf(share, threadsOf(share), results));
    console.table(points);
    const initMs = rounded(median(inits));
    console.log(`Init phase: ${initMs} ms`);
    if (json === undefined) return 0;

    const result = {
      measuredOn: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} cores of an ${cpus()[0]?.model.trim()}`,
      image: (await docker('image', 'inspect', '--format', '{{.Id}}', IMAGE)).slice(0, 19),
      photoBytes: photo.byteLength,
      rounds,
      requestsPerRound: requests,
      periodMs,
      initMs,
      points,
    };
    await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
    return 0;
  },
);

/** Each figure is the median of the rounds, so that one disturbed round does not decide. */
function pointOf(vcpuShare: number, threads: number, rounds: readonly ShareRound[]) {
  const over = (value: (times: readonly number[]) => number) =>
    rounded(median(rounds.map(({ times }) => value(times))));
  return {
    vcpuShare,
    threads,
    meanMs: over((times) => times.reduce((sum, time) => sum + time, 0) / times.length),
    p50Ms: over((times) => percentile(times, 0.5)),
    p95Ms: over((times) => percentile(times, 0.95)),
    cpuMs: rounded(median(rounds.map(({ cpuMs }) => cpuMs))),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
