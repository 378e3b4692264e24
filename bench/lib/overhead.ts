import { Agent, request } from 'node:http';
import sharp from 'sharp';
import { z } from 'zod';
import { loadBundle } from '../../lambda/model/bundle.ts';
import { createSession } from '../../lambda/model/session.ts';
import { example } from '../../scripts/lib/paths.ts';
import { median } from '../../scripts/lib/statistics.ts';
import { INT8_BUNDLE } from './paths.ts';
import { sampleImage } from './sample-image.ts';
import { residentMiB, startService } from './subjects/service.ts';

export interface OverheadSettings {
  readonly threads: number;
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

export interface Overhead {
  readonly rounds: readonly OverheadRound[];
  readonly residentMiB: number;
}

const answer = z.object({
  predictions: z.array(z.unknown()).length(5),
  timing_ms: z.object({ decode: z.number(), inference: z.number(), total: z.number() }),
});
type Timing = z.output<typeof answer>['timing_ms'];

/** The photo that overhead is measured with: a JPEG of 500 px. */
export const overheadPhoto = (): Promise<Buffer> =>
  sharp(example('espresso.jpg')).resize({ width: 500 }).jpeg({ quality: 80 }).toBuffer();

/**
 * Measures a warm `POST /predict` over loopback HTTP against the bare `session.run` of the same model with
 * the same threads. Both take turns, so that a noisy machine slows both.
 */
export async function measureOverhead(
  photo: Buffer,
  { threads, rounds, requests }: OverheadSettings,
): Promise<Overhead> {
  const bundle = await loadBundle(INT8_BUNDLE);
  const session = await createSession(bundle, { threads });
  const image = sampleImage(bundle.manifest.input);
  await using service = await startService({ INTRA_OP_THREADS: String(threads) });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const bare = async () => {
    const times = await repeat(requests, () => session.run(image, 1));
    return { bareMs: median(times.map(({ ms }) => ms)) };
  };
  const http = async () => {
    const times = await repeat(requests, () => post(service.url, photo, agent));
    const phase = (name: keyof Timing) => median(times.map(({ result }) => result[name]));
    return {
      httpMs: median(times.map(({ ms }) => ms)),
      decodeMs: phase('decode'),
      inferenceMs: phase('inference'),
      serverMs: phase('total'),
    };
  };
  await bare();
  await http();
  const pairs: OverheadRound[] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push({ ...(await bare()), ...(await http()) });
  agent.destroy();
  return { rounds: pairs, residentMiB: await residentMiB(service.pid) };
}

async function repeat<Result>(times: number, work: () => Promise<Result>) {
  const calls: { readonly ms: number; readonly result: Result }[] = [];
  for (let index = 0; index < times; index += 1) {
    const start = performance.now();
    const result = await work();
    calls.push({ ms: performance.now() - start, result });
  }
  return calls;
}

function post(url: string, photo: Buffer, agent: Agent): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/jpeg', 'content-length': photo.byteLength };
    const sent = request(`${url}/predict`, { agent, method: 'POST', headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const parsed = response.statusCode === 200 ? answer.safeParse(JSON.parse(body)) : undefined;
        if (parsed?.success) resolve(parsed.data.timing_ms);
        else reject(new Error(`Expected five predictions, got ${response.statusCode}: ${body}`));
      });
    });
    sent.end(photo);
  });
}
