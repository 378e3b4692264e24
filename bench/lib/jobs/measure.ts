import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../../scripts/lib/statistics.ts';
import { post } from '../overhead/post.ts';
import { turns } from '../turns.ts';
import { connectJobs } from './job.ts';

export interface JobBenchSettings {
  readonly rounds: number;
  /** Clients of the plain predictions, each with one photo at a time. */
  readonly clients: number;
  /** Online predictions of each kind in a round. */
  readonly requests: number;
  /** Online predictions a second. */
  readonly rate: number;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface JobBenchRound {
  /** Photos a second, all photos once for each client. */
  readonly plain: number;
  readonly job: number;
  /** Online predictions without and with a job that runs. */
  readonly quiet: Latency;
  readonly busy: Latency;
}

/** The most inputs of a job. */
const MAX_INPUTS = 1000;

/** Measures jobs against plain predictions of the same photos. In each round all measurements take turns. */
export async function measureJobs(
  url: string,
  photos: readonly Buffer[],
  { rounds, clients, requests, rate }: JobBenchSettings,
): Promise<readonly JobBenchRound[]> {
  const agent = new Agent({ keepAlive: true });
  const jobs = connectJobs(url);
  const uploads: string[] = [];
  for (const photo of photos) uploads.push(await jobs.upload(photo));
  const repeated = Array.from(
    { length: photos.length * clients },
    (_, index) => uploads[index % uploads.length] ?? '',
  );
  const longJob = Array.from({ length: MAX_INPUTS }, (_, index) => uploads[index % uploads.length] ?? '');

  async function perSecond(work: () => Promise<void>): Promise<number> {
    const start = performance.now();
    await work();
    return (repeated.length * 1000) / (performance.now() - start);
  }
  const client = async () => {
    for (const photo of photos) await post(url, photo, agent);
  };
  const online = () => latencyOf(url, photos, agent, { requests, rate });
  const measures = {
    plain: () => perSecond(async () => void (await Promise.all(Array.from({ length: clients }, client)))),
    job: () => perSecond(() => jobs.run(repeated)),
    quiet: online,
    async busy() {
      await using _running = await jobs.running(longJob);
      return online();
    },
  };
  const kinds = Object.keys(measures) as (keyof typeof measures)[];
  const measureRound = async (round: number) => {
    const measured: Partial<Record<keyof typeof measures, number | Latency>> = {};
    for (const kind of turns(kinds, round)) measured[kind] = await measures[kind]();
    return measured as unknown as JobBenchRound;
  };

  try {
    await measureRound(0);
    const measured: JobBenchRound[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await measureRound(round));
    return measured;
  } finally {
    agent.destroy();
  }
}

/** Sends photos at a steady rate, whether the ones before have been answered or not. */
async function latencyOf(
  url: string,
  photos: readonly Buffer[],
  agent: Agent,
  { requests, rate }: Pick<JobBenchSettings, 'requests' | 'rate'>,
): Promise<Latency> {
  const start = performance.now();
  const times = await Promise.all(
    Array.from({ length: requests }, async (_, index) => {
      await delay(Math.max(0, (1000 * index) / rate - (performance.now() - start)));
      const sent = performance.now();
      await post(url, photos[index % photos.length] as Buffer, agent);
      return performance.now() - sent;
    }),
  );
  return { p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
}
