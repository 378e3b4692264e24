import { type Container, startContainer } from '../../../scripts/lib/docker/container.ts';
import { serviceProcess } from '../../../scripts/lib/docker/service-process.ts';
import { retry } from '../../../scripts/lib/system/wait.ts';
import { dockerOptions, type ShareLimits } from '../image/container.ts';

export interface ShareSettings extends ShareLimits {
  readonly threads: number;
  readonly requests: number;
}

export interface ShareRound {
  /** Milliseconds of each request. */
  readonly times: readonly number[];
  /** CPU time of the server for each prediction, in milliseconds. */
  readonly cpuMs: number;
}

const WARM_UP = 15;

/** One round with one share. */
export async function measureShare(
  photo: Buffer,
  { threads, requests, ...limits }: ShareSettings,
): Promise<ShareRound> {
  await using server = await startContainer({
    // Lambda runs no health check, which would use part of the share.
    options: [...dockerOptions(limits), '--no-healthcheck', `--env=INTRA_OP_THREADS=${threads}`],
    command: ['http'],
  });
  await retry(() => predict(server.url, photo), { pauseMs: 50 });
  for (let index = 0; index < WARM_UP; index += 1) await predict(server.url, photo);
  const cpuBefore = await cpuTimeMs(server);
  const times: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const start = performance.now();
    await predict(server.url, photo);
    times.push(performance.now() - start);
  }
  return { times, cpuMs: ((await cpuTimeMs(server)) - cpuBefore) / requests };
}

async function predict(url: string, photo: Buffer): Promise<void> {
  const response = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg' },
    body: photo,
  });
  const body = await response.text();
  if (!response.ok || JSON.parse(body).predictions.length !== 5) {
    throw new Error(`Expected five predictions from /predict, got ${response.status}: ${body}`);
  }
}

/** User and system time of the server, which /proc counts in ticks of 10 ms. */
async function cpuTimeMs(container: Container): Promise<number> {
  const stat = await serviceProcess(container, 'stat');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  if (user === undefined || system === undefined) throw new Error(`Expected CPU times, got ${stat}`);
  return (user + system) * 10;
}
