import { Agent } from 'node:http';
import { median } from '../../../scripts/lib/statistics.ts';
import { post } from '../overhead/post.ts';
import type { RunningSubject } from '../subjects/running-subject.ts';
import { turns } from '../turns.ts';

export interface RecordingSettings {
  readonly rounds: number;
  /** Requests to each service in a round. */
  readonly requests: number;
}

export interface RecordingRound {
  /** The median of the requests, as the client sees them. */
  readonly p50Ms: number;
  /** CPU time of the service. */
  readonly cpuMsOfPrediction: number;
}

/**
 * Measures warm requests to several services, which take turns, so that a noisy machine slows all of them.
 *
 * @returns the rounds of each service.
 */
export async function measureRecording(
  services: readonly RunningSubject[],
  photo: Buffer,
  { rounds, requests }: RecordingSettings,
): Promise<RecordingRound[][]> {
  const agent = new Agent({ keepAlive: true });
  const measure = async ({ url, usage }: RunningSubject): Promise<RecordingRound> => {
    const times: number[] = [];
    const before = await usage();
    for (let index = 0; index < requests; index += 1) {
      const start = performance.now();
      await post(url, photo, agent);
      times.push(performance.now() - start);
    }
    const { cpuSeconds } = await usage();
    return {
      p50Ms: median(times),
      cpuMsOfPrediction: (1000 * (cpuSeconds - before.cpuSeconds)) / requests,
    };
  };
  const measured = services.map((service) => ({ service, rounds: [] as RecordingRound[] }));
  for (const service of services) await measure(service);
  for (let round = 0; round < rounds; round += 1) {
    for (const { service, rounds: own } of turns(measured, round)) own.push(await measure(service));
  }
  agent.destroy();
  return measured.map(({ rounds: own }) => own);
}
