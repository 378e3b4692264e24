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
 * Measures warm requests to several services. The services take turns with every request, so that a noisy machine
 * slows all of them.
 *
 * @returns the rounds of each service.
 */
export async function measureRecording(
  services: readonly RunningSubject[],
  photo: Buffer,
  { rounds, requests }: RecordingSettings,
): Promise<RecordingRound[][]> {
  const agent = new Agent({ keepAlive: true });
  const measured = services.map((service) => ({
    service,
    times: [] as number[],
    rounds: [] as RecordingRound[],
  }));
  const cpuSeconds = () => Promise.all(services.map(async ({ usage }) => (await usage()).cpuSeconds));

  async function measureRound(): Promise<RecordingRound[]> {
    const before = await cpuSeconds();
    for (let index = 0; index < requests; index += 1) {
      for (const { service, times } of turns(measured, index)) {
        const start = performance.now();
        await post(service.url, photo, agent);
        times.push(performance.now() - start);
      }
    }
    const after = await cpuSeconds();
    return measured.map(({ times }, index) => ({
      p50Ms: median(times.splice(0)),
      cpuMsOfPrediction: (1000 * ((after[index] ?? 0) - (before[index] ?? 0))) / requests,
    }));
  }

  await measureRound();
  for (let round = 0; round < rounds; round += 1) {
    const results = await measureRound();
    measured.forEach((own, index) => {
      own.rounds.push(results[index] as RecordingRound);
    });
  }
  agent.destroy();
  return measured.map(({ rounds: own }) => own);
}
