import { readFile } from 'node:fs/promises';
import { runCommand } from '../scripts/lib/command/command.ts';
import { wholeNumber } from '../scripts/lib/command/options.ts';
import { docker, IMAGE } from '../scripts/lib/docker/docker.ts';
import { containerResidentMiB } from '../scripts/lib/docker/service-process.ts';
import { example } from '../scripts/lib/paths.ts';
import { median } from '../scripts/lib/statistics.ts';
import { run } from '../scripts/lib/system/run.ts';
import { retry } from '../scripts/lib/system/wait.ts';
import { measureContainerStarts, startLambdaLikeServer } from './lib/image/container.ts';
import { knownPhoto, prepareWorkload } from './lib/workload.ts';

const PREDICTIONS = 100;

await runCommand(
  {
    name: 'npm run image:budget --',
    summary:
      'Measures the size, the memory and the start of the image, and compares them with their limits. Times are medians\n' +
      'of starts with warm disk caches, with the resources of a Lambda function of 1,769 MiB.',
    examples: ['', '--starts 3'],
    activity: 'Measuring',
    options: {
      starts: wholeNumber('N', { help: 'starts that are measured', min: 1, max: 1000, default: 10 }),
    },
    exitCodes: { success: 'within every limit', failure: 'over a limit' },
  },
  async ({ starts }) => {
    const photo = await readFile(example('cat.jpg'));
    const times = await measureContainerStarts(starts, await knownPhoto(await prepareWorkload()));
    const limits = [
      ['Image, uncompressed', 'MB', 400, uncompressedMb],
      ['Image, compressed', 'MB', 150, compressedMb],
      [
        `Resident memory after ${PREDICTIONS} predictions`,
        'MiB',
        350,
        () => residentAfterPredictionsMiB(photo),
      ],
      ['docker run to first HTTP prediction', 's', 1.5, async () => median(times.startSeconds)],
      ['Init phase under the emulator', 's', 1, async () => median(times.initSeconds)],
    ] as const;

    let code: 0 | 1 = 0;
    printRow('', 'limit', 'measured', 'ratio');
    for (const [name, unit, limit, measure] of limits) {
      const measured = await measure();
      const digits = unit === 's' ? 3 : 0;
      const ratio = (measured / limit).toFixed(2);
      printRow(name, `${limit} ${unit}`, `${measured.toFixed(digits)} ${unit}`, ratio);
      if (measured > limit) {
        console.error(`${name}: over the limit`);
        code = 1;
      }
    }
    return code;
  },
);

function printRow(...[name, limit, measured, ratio]: readonly [string, string, string, string]): void {
  console.log(`${name.padEnd(38)}${limit.padStart(10)}${measured.padStart(12)}${ratio.padStart(8)}`);
}

/** Tries until the server accepts the connection. It answers as soon as the model is loaded. */
function predict(url: string, photo: Buffer) {
  return retry(
    async () => {
      const response = await fetch(`${url}/predict`, { method: 'POST', body: photo });
      if (!response.ok) throw new Error(`/predict: expected status 200, got ${response.status}`);
      await response.bytes();
    },
    { pauseMs: 5 },
  );
}

async function uncompressedMb(): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', IMAGE)) / 1e6;
}

async function compressedMb(): Promise<number> {
  return Number(await run('sh', ['-c', `docker save ${IMAGE}:latest | gzip | wc -c`])) / 1e6;
}

async function residentAfterPredictionsMiB(photo: Buffer): Promise<number> {
  await using server = await startLambdaLikeServer();
  for (let index = 0; index < PREDICTIONS; index += 1) await predict(server.url, photo);
  return await containerResidentMiB(server);
}
