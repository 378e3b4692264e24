import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startContainer } from '../scripts/lib/docker/container.ts';
import { docker, IMAGE, INVOKE_PATH } from '../scripts/lib/docker/docker.ts';
import { residentMiB } from '../scripts/lib/docker/service-process.ts';
import { median } from '../scripts/lib/statistics.ts';
import { retry } from '../scripts/lib/system/wait.ts';

/**
 * What the image may take of disk, memory and time. Prints a table and fails where a limit is passed. Times are medians
 * of starts with warm disk caches, under the limits of a Lambda function of 1,769 MiB, which has one vCPU.
 */
const { values } = parseArgs({ options: { starts: { type: 'string', default: '10' } } });
const starts = Number(values.starts);
const LAMBDA_LIKE = ['--memory=1769m', '--cpus=1'];
const PREDICTIONS = 100;

const photo = await readFile(fileURLToPath(new URL('../examples/cat.jpg', import.meta.url)));

const startServer = () =>
  startContainer({ options: [...LAMBDA_LIKE, '--env=INTRA_OP_THREADS=1'], command: ['http'] });

/** Tries until the server takes the connection; it then answers as soon as the model is there. */
const predict = (url: string) =>
  retry(
    async () => {
      const response = await fetch(`${url}/predict`, { method: 'POST', body: photo });
      if (!response.ok) throw new Error(`/predict answered ${response.status}`);
      await response.bytes();
    },
    { pauseMs: 5 },
  );

async function uncompressedMb(): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', IMAGE)) / 1e6;
}

async function compressedMb(): Promise<number> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `docker save ${IMAGE}:latest | gzip | wc -c`]);
  return Number(stdout) / 1e6;
}

async function residentAfterPredictionsMiB(): Promise<number> {
  await using server = await startServer();
  for (let index = 0; index < PREDICTIONS; index += 1) await predict(server.url);
  return await residentMiB(server);
}

async function secondsToFirstPrediction(): Promise<number> {
  const start = performance.now();
  await using server = await startServer();
  await predict(server.url);
  return (performance.now() - start) / 1000;
}

/** What the emulator reports of the init phase, which it runs with the first invocation. */
async function initSeconds(): Promise<number> {
  await using emulator = await startContainer({
    options: [...LAMBDA_LIKE, '--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1769'],
  });
  const event = { httpMethod: 'GET', path: '/ready' };
  await retry(() => fetch(`${emulator.url}${INVOKE_PATH}`, { method: 'POST', body: JSON.stringify(event) }));
  const logs = await emulator.logs();
  const milliseconds = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(logs)?.[1];
  if (!milliseconds) throw new Error(`Expected the emulator to report its init phase, got ${logs}`);
  return Number(milliseconds) / 1000;
}

/** The first start warms the caches and is not counted. */
async function medianOfStarts(measure: () => Promise<number>): Promise<number> {
  await measure();
  const results: number[] = [];
  for (let index = 0; index < starts; index += 1) results.push(await measure());
  return median(results);
}

const budgets = [
  ['Image, uncompressed', 'MB', 400, uncompressedMb],
  ['Image, compressed', 'MB', 150, compressedMb],
  [`Resident memory after ${PREDICTIONS} predictions`, 'MiB', 350, residentAfterPredictionsMiB],
  ['docker run to first HTTP prediction', 's', 1.5, () => medianOfStarts(secondsToFirstPrediction)],
  ['Init phase under the emulator', 's', 1, () => medianOfStarts(initSeconds)],
] as const;

const row = (...[name, limit, measured, ratio]: readonly [string, string, string, string]) =>
  console.log(`${name.padEnd(38)}${limit.padStart(10)}${measured.padStart(12)}${ratio.padStart(8)}`);

row('', 'limit', 'measured', 'ratio');
for (const [name, unit, limit, measure] of budgets) {
  const measured = await measure();
  const digits = unit === 's' ? 3 : 0;
  row(name, `${limit} ${unit}`, `${measured.toFixed(digits)} ${unit}`, (measured / limit).toFixed(2));
  if (measured > limit) {
    console.error(`${name} is over its limit.`);
    process.exitCode = 1;
  }
}
