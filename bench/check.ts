import { runCommand } from '../scripts/lib/command/command.ts';
import { buildBundles } from './lib/build.ts';
import { createGuards } from './lib/guards/guards.ts';
import { prepareWorkload } from './lib/workload.ts';

await runCommand(
  {
    name: 'npm run bench:check --',
    summary:
      'Checks that the figures of the benchmark did not get worse, without Python and in a few minutes. Every figure has a\n' +
      'target and a margin for noise. The two figures of a ratio are measured in turns.',
    exitCodes: { success: 'every figure is within its target and margin', failure: 'a figure is not' },
  },
  async () => {
    await buildBundles();
    let code: 0 | 1 = 0;
    printRow('', 'measured', 'target', 'fails over');
    for (const { figure, unit, target, margin, measure } of await createGuards(await prepareWorkload())) {
      const measured = await measure();
      const limit = target + margin;
      const digits = unit === 'times' ? 2 : 0;
      printRow(figure, `${measured.toFixed(digits)} ${unit}`, target.toFixed(digits), limit.toFixed(digits));
      if (!(measured <= limit)) code = 1;
    }
    return code;
  },
);

function printRow(...[figure, measured, target, limit]: readonly [string, string, string, string]): void {
  console.log(`${figure.padEnd(70)}${measured.padStart(12)}${target.padStart(12)}${limit.padStart(12)}`);
}
