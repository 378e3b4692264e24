import { readFile } from 'node:fs/promises';
import { EXPECTED_COST_FILE } from '../lib/expected-cost.ts';
import { readPrices } from '../lib/prices.ts';
import { readStage, STAGE_NAMES } from '../lib/stages.ts';
import { runCommand } from './lib/command/command.ts';
import { readMeasurement } from './lib/cost/durations.ts';
import { countStages, INVENTORY_FILE } from './lib/cost/inventory.ts';
import { bucketTable } from './lib/cost/report/buckets.ts';
import { costReport, jobReportInput, type ReportInput, stageCostTable } from './lib/cost/report/document.ts';
import { expectedCost } from './lib/cost/report/expected.ts';
import { checkOption, writeGenerated } from './lib/generated/files.ts';
import { withGeneratedSection } from './lib/generated/section.ts';
import { REPOSITORY } from './lib/paths.ts';
import { readStageOverrides } from './lib/stages/load.ts';

const GUIDE = 'docs/deployment.md';
const BUCKETS = 'docs/buckets.md';

await runCommand(
  {
    name: 'npm run cost:report --',
    summary:
      'Synthesises every stage and counts what AWS bills by number (scripts/lib/cost/inventory.json), then writes\n' +
      'docs/cost.md with its plots, lib/expected-cost.json, and the tables in docs/deployment.md and docs/buckets.md.',
    examples: ['', '--check'],
    activity: 'Synthesising every stage',
    options: { check: checkOption },
  },
  async ({ check }) => {
    const overrides = await readStageOverrides();
    const input: ReportInput = {
      // An emulator costs nothing.
      stages: STAGE_NAMES.filter((name) => name !== 'local').map((name) => readStage(name, overrides)),
      prices: readPrices(),
      measurement: readMeasurement(),
      inventories: await countStages(STAGE_NAMES, overrides),
    };
    const guide = await readFile(`${REPOSITORY}${GUIDE}`, 'utf8');
    const buckets = await readFile(`${REPOSITORY}${BUCKETS}`, 'utf8');
    const job = jobReportInput(input);
    const times = job === undefined ? 'The stage prod takes no jobs.' : bucketTable(job);
    const files: (readonly [string, string])[] = [
      [INVENTORY_FILE, `${JSON.stringify(input.inventories, null, 2)}\n`],
      [EXPECTED_COST_FILE, `${JSON.stringify(expectedCost(input), null, 2)}\n`],
      ...costReport(input),
      [GUIDE, withGeneratedSection(guide, 'cost of the stages', stageCostTable(input))],
      [BUCKETS, withGeneratedSection(buckets, 'time and cost', times)],
    ];
    return writeGenerated(files, {
      check,
      source: 'the settings, durations and prices',
      command: 'npm run cost:report',
    });
  },
);
