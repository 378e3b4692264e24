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
  /** Answers of 503, each of which its client waited for as long as it was told. */
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
 * Clients as they should be: each sends its next photo when it has the answer to the last one, on a connection of its own,
 * and waits where the service says so. Waiting times vary by a half, as no two clients keep time together.
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
