/**
 * What the service costs on AWS: `npm run cost -- --stage prod --rps 5 --memory 1769 --p95 300`.
 *
 * Prints the monthly bill, the cheapest memory setting that keeps p95 within a target, and the same load elsewhere.
 * `--report` writes docs/cost.md with its plots, `--check` fails where they are out of date, `--count` counts alarms,
 * dashboards and firewall rules in the templates of every stage. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPrices } from '../lib/prices.ts';
import { readStage, STAGE_NAMES } from '../lib/stages.ts';
import { runCommand, UsageError } from './lib/command/command.ts';
import { answer } from './lib/cost/answer.ts';
import { readOrder, USAGE } from './lib/cost/arguments.ts';
import { countStage } from './lib/cost/count.ts';
import { readMeasurement } from './lib/cost/durations.ts';
import { INVENTORY_FILE, readInventories } from './lib/cost/inventory.ts';
import { costReport, type ReportInput, stageCostTable } from './lib/cost/report.ts';
import { writeGenerated } from './lib/generated/files.ts';
import { withGeneratedSection } from './lib/generated/section.ts';
import { readStageOverrides } from './lib/stages/load.ts';

const repository = new URL('..', import.meta.url);

async function report(): Promise<ReadonlyMap<string, string>> {
  const overrides = await readStageOverrides();
  const input: ReportInput = {
    // An emulator costs nothing.
    stages: STAGE_NAMES.filter((name) => name !== 'local').map((name) => readStage(name, overrides)),
    prices: readPrices(),
    measurement: readMeasurement(),
    inventories: readInventories(),
  };
  const guide = 'docs/deployment.md';
  const text = await readFile(new URL(guide, repository), 'utf8');
  return new Map([
    ...costReport(input),
    [guide, withGeneratedSection(text, 'cost of the stages', stageCostTable(input))],
  ]);
}

async function main(): Promise<number> {
  const order = readOrder(process.argv.slice(2));
  switch (order.kind) {
    case 'question': {
      const { stage } = order;
      if (!STAGE_NAMES.some((name) => name === stage)) {
        throw new UsageError(`--stage: expected one of ${STAGE_NAMES.join(', ')}, got ${stage}`);
      }
      const { settings } = readStage(stage, await readStageOverrides());
      const { text, plot } = answer(order, settings);
      console.log(text);
      if (order.plot !== undefined) {
        await mkdir(dirname(order.plot), { recursive: true });
        await writeFile(order.plot, plot);
      }
      return 0;
    }
    case 'report':
    case 'check':
      return writeGenerated(await report(), {
        root: fileURLToPath(repository),
        check: order.kind === 'check',
        source: 'the settings, durations and prices make',
        command: 'npm run cost -- --report',
      });
    case 'count': {
      const overrides = await readStageOverrides();
      const counted: [string, unknown][] = [];
      for (const name of STAGE_NAMES) counted.push([name, await countStage(name, overrides)]);
      await writeFile(INVENTORY_FILE, `${JSON.stringify(Object.fromEntries(counted), null, 2)}\n`);
      return 0;
    }
  }
}

await runCommand(USAGE, main);
