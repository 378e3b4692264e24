import { cpus } from 'node:os';
import { MIB_PER_VCPU, threadsFor } from '../../../lambda/config.ts';
import type { Measurement } from '../../../scripts/lib/cost/durations.ts';
import { docker, IMAGE } from '../../../scripts/lib/docker/docker.ts';
import { median, percentile } from '../../../scripts/lib/statistics.ts';
import { dockerOptions, initSeconds } from '../image/container.ts';
import { overheadPhoto } from '../photos.ts';
import { measureShare, type ShareRound } from './measure.ts';

/** The shares of a vCPU that the cost model is made from. */
export const USUAL_SHARES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
/** By what functions can observe on Lambda (github.com/pwrdrvr/lambda-throttling). */
export const USUAL_PERIOD_MS = 20;

export interface SharesSettings {
  readonly shares: readonly number[];
  readonly rounds: number;
  /** Requests in a round. */
  readonly requests: number;
  /** Threads of the model. @default what lambda/config.ts gives to the memory */
  readonly threads?: number | undefined;
  /** Period of the CPU quotas. */
  readonly periodMs: number;
}

/** The shares take turns in every round, so that a noisy machine slows all of them. */
export async function measureShares({
  shares,
  rounds,
  requests,
  threads,
  periodMs,
}: SharesSettings): Promise<Measurement> {
  const photo = await overheadPhoto();
  const threadsOf = (share: number) => threads ?? threadsFor(share);
  const measured = new Map<number, ShareRound[]>(shares.map((share) => [share, []]));
  const inits: number[] = [];
  for (let index = 0; index < rounds; index += 1) {
    for (const [share, results] of measured) {
      const limits = { share, periodMs, memoryMiB: Math.round(share * MIB_PER_VCPU) };
      results.push(await measureShare(photo, { ...limits, threads: threadsOf(share), requests }));
    }
    inits.push(await initSeconds(dockerOptions({ share: 1, periodMs, memoryMiB: MIB_PER_VCPU })));
  }
  return {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores of an ${cpus()[0]?.model.trim()}`,
    image: (await docker('image', 'inspect', '--format', '{{.Id}}', IMAGE)).slice(0, 19),
    photoBytes: photo.byteLength,
    rounds,
    requestsPerRound: requests,
    periodMs,
    initMs: rounded(median(inits) * 1000),
    points: [...measured].map(([share, results]) => pointOf(share, threadsOf(share), results)),
  };
}

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
