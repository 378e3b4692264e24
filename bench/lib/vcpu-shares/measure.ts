import { type Container, startContainer } from '../../../scripts/lib/docker/container.ts';
import { INVOKE_PATH } from '../../../scripts/lib/docker/docker.ts';
import { serviceProcess } from '../../../scripts/lib/docker/service-process.ts';
import { retry } from '../../../scripts/lib/system/wait.ts';

export interface ShareLimits {
  /** Share of a vCPU; may be more than 1. */
  readonly share: number;
  /** Period of the CPU quotas. */
  readonly periodMs: number;
  readonly memoryMiB: number;
}

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

/**
 * Lambda enforces a share with quotas of the kernel's scheduler, in periods of 20 ms by what functions can
 * observe (github.com/pwrdrvr/lambda-throttling). `docker run --cpus` would use periods of 100 ms, in which a
 * short request never reaches its quota.
 */
function dockerOptions({ share, periodMs, memoryMiB }: ShareLimits): string[] {
  return [
    `--cpu-period=${periodMs * 1000}`,
    `--cpu-quota=${Math.round(share * periodMs * 1000)}`,
    `--memory=${memoryMiB}m`,
    `--memory-swap=${memoryMiB}m`,
  ];
}

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

/** The init phase, as the emulator reports it. */
export async function measureInitMs(limits: ShareLimits): Promise<number> {
  await using emulator = await startContainer({
    options: [...dockerOptions(limits), `--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE=${limits.memoryMiB}`],
  });
  const body = JSON.stringify({ httpMethod: 'GET', path: '/ready' });
  await retry(() => fetch(`${emulator.url}${INVOKE_PATH}`, { method: 'POST', body }));
  const logs = await emulator.logs();
  const milliseconds = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(logs)?.[1];
  if (!milliseconds) throw new Error(`Expected the emulator to report its init phase, got ${logs}`);
  return Number(milliseconds);
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
