import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PacedOrder {
  readonly url: string;
  readonly photo: Uint8Array;
  readonly clients: number;
  readonly seconds: number;
}

export interface PacedLoad {
  readonly answered: number;
  /** Answers with 503. The client then waited as long as `Retry-After` said. */
  readonly refused: number;
  /** Any other answer, and connections that broke. */
  readonly failed: number;
  readonly seconds: number;
}

interface Answer {
  readonly status: number;
  readonly retryAfterSeconds: number;
}

/**
 * Well-behaved clients: each has its own connection, sends its next photo when it has the answer to the last
 * one, and waits when the service says so. Waiting times vary by up to a half, so that the clients do not
 * synchronise.
 */
export async function applyPacedLoad({ url, photo, clients, seconds }: PacedOrder): Promise<PacedLoad> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let [answered, refused, failed] = [0, 0, 0];

  async function client(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (performance.now() < end) {
      const answer = await predict(url, photo, agent).catch(() => undefined);
      if (answer?.status === 200) answered += 1;
      else if (answer?.status === 503) {
        refused += 1;
        const waitMs = answer.retryAfterSeconds * 1000 * (1 + Math.random() / 2);
        await sleep(Math.min(waitMs, Math.max(0, end - performance.now())));
      } else failed += 1;
    }
    agent.destroy();
  }
  await Promise.all(Array.from({ length: clients }, client));
  return { answered, refused, failed, seconds: (performance.now() - start) / 1000 };
}

function predict(url: string, photo: Uint8Array, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/predict`, {
      agent,
      method: 'POST',
      headers: { 'content-length': photo.byteLength },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('error', reject).resume();
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, retryAfterSeconds: Number(headers['retry-after'] ?? 1) });
      });
    });
    sent.end(photo);
  });
}
