import { writeFile } from 'node:fs/promises';
import { runCommand } from '../scripts/lib/command/command.ts';
import { numbers, text, wholeNumber } from '../scripts/lib/command/options.ts';
import { measureShares, USUAL_PERIOD_MS, USUAL_SHARES } from './lib/vcpu-shares/measurement.ts';

await runCommand(
  {
    name: 'npm run bench:vcpu-shares --',
    summary:
      'Measures how long a prediction takes with the share of a vCPU that a memory setting of Lambda buys: POST /predict\n' +
      'of a 500 px JPEG to the image resnet50, one request after the other, with the memory and the threads of that\n' +
      'setting. The shares take turns in every round, so that a noisy machine slows all of them. npm run bench does this\n' +
      'too, and writes scripts/lib/cost/durations.json.',
    examples: ['--shares 0.5,1'],
    activity: 'Measuring',
    options: {
      shares: numbers('N,N', { help: 'shares of a vCPU', min: 0.05, max: 6, default: USUAL_SHARES }),
      rounds: wholeNumber('N', { help: 'rounds', min: 1, max: 1000, default: 5 }),
      requests: wholeNumber('N', { help: 'requests in a round', min: 1, max: 10_000, default: 60 }),
      threads: wholeNumber('N', {
        help: 'threads of the model; without it, what lambda/config.ts gives to the memory',
        min: 1,
        max: 64,
      }),
      'period-ms': wholeNumber('MS', {
        help: 'period of the CPU quotas',
        min: 1,
        max: 1000,
        default: USUAL_PERIOD_MS,
      }),
      json: text('FILE', { help: 'writes the result as JSON' }),
    },
  },
  async ({ json, 'period-ms': periodMs, ...settings }) => {
    const measurement = await measureShares({ ...settings, periodMs });
    console.table(measurement.points);
    console.log(`Init phase: ${measurement.initMs} ms`);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(measurement, null, 2)}\n`);
    return 0;
  },
);
