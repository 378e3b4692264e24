import { Agent } from 'node:http';
import { median } from '../../../scripts/lib/statistics.ts';
import { turns } from '../turns.ts';
import type { OverheadPair } from './pair.ts';
import { post, type Timing } from './post.ts';

export interface OverheadSettings {
  readonly rounds: number;
  /** Requests, and bare runs, in a round. */
  readonly requests: number;
}

/** The medians of a round. */
export interface OverheadRound {
  readonly bareMs: number;
  /** As the client sees it. */
  readonly httpMs: number;
  /** From the image to the tensor, as the service reports it. */
  readonly decodeMs: number;
  /** From the tensor to the classes, as the service reports it. */
  readonly inferenceMs: number;
  /** The whole request, as the service reports it. */
  readonly serverMs: number;
}

/**
 * Measures a warm `POST /predict` over loopback HTTP against bare runs of the model. All take turns, so that
 * a noisy machine slows all of them.
 *
 * @returns the rounds of each pair.
 */
export async function measureOverhead(
  pairs: readonly OverheadPair[],
  photo: Buffer,
  { rounds, requests }: OverheadSettings,
): Promise<OverheadRound[][]> {
  const agent = new Agent({ keepAlive: true });
  const measure = async ({ service, bare }: OverheadPair): Promise<OverheadRound> => {
    const bareMs = median(await bare.run(requests));
    const answers: { readonly ms: number; readonly timing: Timing }[] = [];
    for (let index = 0; index < requests; index += 1) {
      const start = performance.now();
      const timing = await post(service.url, photo, agent);
      answers.push({ ms: performance.now() - start, timing });
    }
    const phase = (name: keyof Timing) => median(answers.map(({ timing }) => timing[name]));
    return {
      bareMs,
      httpMs: median(answers.map(({ ms }) => ms)),
      decodeMs: phase('decode'),
      inferenceMs: phase('inference'),
      serverMs: phase('total'),
    };
  };
  const measured = pairs.map((pair) => ({ pair, rounds: [] as OverheadRound[] }));
  for (const pair of pairs) await measure(pair);
  for (let round = 0; round < rounds; round += 1) {
    for (const { pair, rounds: own } of turns(measured, round)) own.push(await measure(pair));
  }
  agent.destroy();
  return measured.map(({ rounds: own }) => own);
}
