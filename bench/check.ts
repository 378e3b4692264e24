import { runCommand } from '../scripts/lib/command/command.ts';
import { run } from '../scripts/lib/system/run.ts';
import { createGuards } from './lib/guards.ts';

await runCommand(
  {
    name: 'npm run bench:check --',
    summary:
      'Checks that the figures of the benchmark did not get worse, without Python and in a few minutes. Every figure has a\n' +
      'target and a margin for noise. The two figures of a ratio are measured in turns.',
    exitCodes: { success: 'every figure is within its target and margin', failure: 'a figure is not' },
  },
  async () => {
    await run(process.execPath, ['scripts/build.ts']);
    let code: 0 | 1 = 0;
    printRow('', 'measured', 'target', 'fails over');
    for (const { figure, unit, target, margin, measure } of await createGuards()) {
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
  console.log(`${figure.padEnd(64)}${measured.padStart(12)}${target.padStart(12)}${limit.padStart(12)}`);
}
