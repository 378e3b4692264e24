import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { median } from '../../../scripts/lib/statistics.ts';
import type { RunningSubject } from '../subjects/running-subject.ts';
import { turns } from '../turns.ts';
import { PHOTO_REQUESTS, type PhotoRequest, type RequestKind } from './requests.ts';

export interface KindRound {
  readonly p50Ms: number;
  /** CPU time of the service for a request. */
  readonly cpuMs: number;
}

export interface KindSettings {
  readonly rounds: number;
  /** Requests of each kind in a round. CPU time has steps of 10 ms, which they share. */
  readonly requests: number;
}

/**
 * Measures kinds of requests with one client that sends one photo at a time. In each round they take turns, so that a
 * noisy machine slows all of them.
 *
 * @returns the rounds of each kind. Equal positions belong together.
 */
export async function measureKinds<Kind extends RequestKind>(
  { url, usage }: Pick<RunningSubject, 'url' | 'usage'>,
  photo: Buffer,
  kinds: readonly Kind[],
  { rounds, requests }: KindSettings,
): Promise<Record<Kind, KindRound[]>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const measure = async (kind: Kind): Promise<KindRound> => {
    const times: number[] = [];
    const before = await usage();
    for (let index = 0; index < requests; index += 1) {
      const start = performance.now();
      const body = await post(url, PHOTO_REQUESTS[kind], photo, agent);
      times.push(performance.now() - start);
      PHOTO_REQUESTS[kind].check(body);
    }
    const after = await usage();
    return { p50Ms: median(times), cpuMs: ((after.cpuSeconds - before.cpuSeconds) * 1000) / requests };
  };

  const measured = Object.fromEntries(kinds.map((kind) => [kind, []])) as unknown as Record<
    Kind,
    KindRound[]
  >;
  try {
    for (const kind of kinds) await measure(kind);
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of turns(kinds, round)) measured[kind].push(await measure(kind));
    }
  } finally {
    agent.destroy();
  }
  return measured;
}

/** @throws Error if the answer is not 200. */
function post(url: string, { path, accept }: PhotoRequest, photo: Buffer, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { accept, 'content-type': 'image/jpeg', 'content-length': photo.byteLength };
    const sent = request(`${url}${path}`, { agent, method: 'POST', headers });
    sent.on('error', reject);
    sent.on('response', async (response) => {
      try {
        const body = await buffer(response);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${path}: expected 200, got ${response.statusCode}: ${body}`));
      } catch (error) {
        reject(error);
      }
    });
    sent.end(photo);
  });
}
