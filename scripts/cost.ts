import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readStage, STAGE_NAMES } from '../lib/stages.ts';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, number, text, wholeNumber } from './lib/command/options.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { answer, type Speed } from './lib/cost/report/answer.ts';
import { DEFAULT_COLD_START_SHARE, DEFAULT_SLOWDOWN } from './lib/cost/stage.ts';
import { readStageOverrides } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run cost --',
    summary:
      'Estimates what the service costs on AWS: the monthly bill of a stage, the cheapest memory setting that keeps p95\n' +
      'within a target, and the price of the same traffic elsewhere.',
    examples: ['', '--stage dev --rps 0.5', '--rps 50 --p95 200'],
    activity: 'Estimating',
    options: {
      stage: choice(STAGE_NAMES, { help: 'the stage', default: 'prod' }),
      rps: number('N', { help: 'requests a second', min: 0, max: 1e6, default: 5 }),
      p95: number('MS', { help: 'target of p95, in milliseconds', min: 1, max: 900_000, default: 300 }),
      memory: wholeNumber('MIB', { help: 'memory, instead of the stage’s', min: 128, max: 10_240 }),
      arch: choice(['x86_64', 'arm64'], { help: 'architecture, instead of the stage’s' }),
      slowdown: number('FACTOR', {
        help: `how much slower Lambda is than the measured machine; without it, ${DEFAULT_SLOWDOWN}`,
        min: 0.1,
        max: 100,
      }),
      'duration-ms': number('MS', {
        help: 'mean duration of a prediction on Lambda, instead of --slowdown',
        min: 1,
        max: 900_000,
      }),
      'cold-start-share': number('SHARE', {
        help: 'share of on-demand requests that start an execution environment',
        min: 0,
        max: 1,
        default: DEFAULT_COLD_START_SHARE,
      }),
      plot: text('FILE', { help: 'writes the plot of the memory settings as SVG' }),
      json: flag('prints JSON'),
    },
  },
  async ({ stage, rps, p95, memory, arch, slowdown, plot: plotFile, json, ...others }) => {
    const { settings } = readStage(stage, await readStageOverrides());
    const { text, plot } = answer(
      {
        stage,
        requestsPerSecond: rps,
        targetP95Ms: p95,
        memoryMiB: memory,
        architecture: arch,
        speed: speedOf(slowdown, others['duration-ms']),
        coldStartShare: others['cold-start-share'],
        json,
      },
      settings,
    );
    console.log(text);
    if (plotFile !== undefined) {
      await mkdir(dirname(plotFile), { recursive: true });
      await writeFile(plotFile, plot);
    }
    return 0;
  },
);

function speedOf(slowdown: number | undefined, meanMs: number | undefined): Speed {
  if (meanMs === undefined) return { kind: 'slowdown', factor: slowdown ?? DEFAULT_SLOWDOWN };
  if (slowdown === undefined) return { kind: 'seen', meanMs };
  throw new UsageError('--duration-ms: expected no --slowdown as well, got both');
}
