import { readFile } from 'node:fs/promises';
import { runCommand } from '../scripts/lib/command/command.ts';
import { text } from '../scripts/lib/command/options.ts';
import { readMeasurement } from '../scripts/lib/cost/durations.ts';
import { checkOption, writeGenerated } from '../scripts/lib/generated/files.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { documentOf } from './lib/report/document.ts';
import { plotsOf } from './lib/report/plots.ts';
import { resultSchema } from './lib/result.ts';

await runCommand(
  {
    name: 'npm run bench:report --',
    summary: 'Writes docs/benchmarks.md and its plots from what npm run bench measured.',
    examples: ['', '--check'],
    options: {
      check: checkOption,
      result: text('FILE', { help: 'the raw result', default: `${REPOSITORY}docs/benchmarks/result.json` }),
      docs: text('FOLDER', { help: 'where the files go', default: `${REPOSITORY}docs` }),
    },
  },
  async ({ check, result: file, docs }) => {
    const result = resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    const plots = Object.entries(plotsOf(result)).map(([name, svg]) => [`benchmarks/${name}`, svg] as const);
    return writeGenerated([['benchmarks.md', documentOf(result, readMeasurement())], ...plots], {
      root: docs,
      check,
      source: 'docs/benchmarks/result.json and scripts/lib/cost/durations.json',
      command: 'npm run bench:report',
    });
  },
);
