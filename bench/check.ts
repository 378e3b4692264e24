import { runCommand } from '../scripts/lib/command/command.ts';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { writeSummary } from '../scripts/lib/github/step.ts';
import { buildBundles } from './lib/build.ts';
import { createGuards } from './lib/guards/guards.ts';
import { prepareWorkload } from './lib/workload.ts';

type Row = readonly [figure: string, measured: string, target: string, limit: string];
const HEADER: Row = ['', 'measured', 'target', 'fails over'];

await runCommand(
  {
    name: 'npm run bench:check --',
    summary:
      'Checks that the figures of the benchmark did not get worse, without Python and in a few minutes. Every figure has a\n' +
      'target and a margin for noise. The two figures of a ratio are measured in turns. Adds the table to the summary of a\n' +
      'workflow.',
    examples: [''],
    activity: 'Measuring',
    exitCodes: { success: 'every figure is within its target and margin', failure: 'a figure is not' },
  },
  async () => {
    await buildBundles();
    let code: 0 | 1 = 0;
    const rows: Row[] = [];
    printRow(HEADER);
    for (const { figure, unit, target, margin, measure } of await createGuards(await prepareWorkload())) {
      const measured = await measure();
      const limit = target + margin;
      const digits = unit === 'times' ? 2 : 0;
      const isWithin = measured <= limit;
      const row: Row = [
        figure,
        `${measured.toFixed(digits)} ${unit}`,
        target.toFixed(digits),
        limit.toFixed(digits),
      ];
      printRow(row);
      rows.push(isWithin ? row : [`**Worse:** ${row[0]}`, row[1], row[2], row[3]]);
      if (!isWithin) code = 1;
    }
    await writeSummary(`## Benchmark ratios\n\n${markdownTable(HEADER, rows)}`);
    return code;
  },
);

function printRow([figure, measured, target, limit]: Row): void {
  console.log(`${figure.padEnd(70)}${measured.padStart(12)}${target.padStart(12)}${limit.padStart(12)}`);
}
