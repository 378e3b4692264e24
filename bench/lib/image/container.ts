import { startContainer } from '../../../scripts/lib/docker/container.ts';
import { INVOKE_PATH } from '../../../scripts/lib/docker/docker.ts';
import { retry } from '../../../scripts/lib/system/wait.ts';
import { firstPrediction, type KnownPhoto } from '../subjects/first-prediction.ts';

/** The memory of a Lambda function with one vCPU. */
const MEMORY_MIB = 1769;
/** The resources of such a function. */
export const LAMBDA_LIKE = [`--memory=${MEMORY_MIB}m`, '--cpus=1'];
const START_TIMEOUT_MS = 60_000;

export interface ShareLimits {
  /** Share of a vCPU; may be more than 1. */
  readonly share: number;
  /** Period of the CPU quotas. */
  readonly periodMs: number;
  readonly memoryMiB: number;
}

/**
 * Options of `docker run`. Lambda enforces a share with quotas of the kernel's scheduler, in periods of 20 ms
 * by what functions can observe (github.com/pwrdrvr/lambda-throttling). `docker run --cpus` would use periods
 * of 100 ms, in which a short request never reaches its quota.
 */
export const dockerOptions = ({ share, periodMs, memoryMiB }: ShareLimits): string[] => [
  `--cpu-period=${periodMs * 1000}`,
  `--cpu-quota=${Math.round(share * periodMs * 1000)}`,
  `--memory=${memoryMiB}m`,
  `--memory-swap=${memoryMiB}m`,
];

/** The image as an HTTP server with one vCPU. */
export const startLambdaLikeServer = () =>
  startContainer({ options: [...LAMBDA_LIKE, '--env=INTRA_OP_THREADS=1'], command: ['http'] });

/** Seconds from `docker run` to the first right prediction over HTTP, with one vCPU. */
export async function secondsToFirstPrediction(known: KnownPhoto): Promise<number> {
  const start = performance.now();
  await using server = await startLambdaLikeServer();
  await firstPrediction(Number(new URL(server.url).port), 'form', known, async () => {
    if (performance.now() - start > START_TIMEOUT_MS)
      throw new Error(`Expected a prediction of the container, got ${await server.logs()}`);
  });
  return (performance.now() - start) / 1000;
}

/**
 * The init phase in seconds, which the emulator runs with the first invocation and reports.
 *
 * @param limits options of `docker run`.
 */
export async function initSeconds(limits: readonly string[] = LAMBDA_LIKE): Promise<number> {
  await using emulator = await startContainer({
    options: [...limits, `--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE=${MEMORY_MIB}`],
  });
  const body = JSON.stringify({ httpMethod: 'GET', path: '/ready' });
  await retry(() => fetch(`${emulator.url}${INVOKE_PATH}`, { method: 'POST', body }));
  const logs = await emulator.logs();
  const milliseconds = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(logs)?.[1];
  if (!milliseconds) throw new Error(`Expected the emulator to report its init phase, got ${logs}`);
  return Number(milliseconds) / 1000;
}

/** Both kinds of start, in turns. The first of each fills the disk caches and does not count. */
export async function measureContainerStarts(starts: number, known: KnownPhoto) {
  const found = { startSeconds: [] as number[], initSeconds: [] as number[] };
  for (let round = 0; round <= starts; round += 1) {
    const [start, init] = [await secondsToFirstPrediction(known), await initSeconds()];
    if (round === 0) continue;
    found.startSeconds.push(start);
    found.initSeconds.push(init);
  }
  return found;
}
