import type { PriceBook } from '../../../lib/prices.ts';
import type { Stage } from '../../../lib/stages.ts';
import { renderPlot } from '../plot/svg-plot.ts';
import type { Load } from './bill.ts';
import { HOURS_PER_MONTH } from './capacity.ts';
import { compare } from './comparison.ts';
import { deploymentBill } from './deployment.ts';
import { durationModel, type Measurement } from './durations.ts';
import { markdownTable, usd } from './format.ts';
import type { Inventories } from './inventory.ts';
import { comparisonPanel, tuningPanels } from './plots.ts';
import {
  billTable,
  type Compared,
  comparisonTable,
  measuredSection,
  priceTable,
  slowdownTable,
  tuningTable,
} from './report-tables.ts';
import { ASSUMPTIONS, COMPARED, heading } from './report-text.ts';
import { DEFAULT_SLOWDOWN, deploymentOf, stageMonthlyCost } from './stage.ts';
import { tuneMemory } from './tuning.ts';

export interface ReportInput {
  readonly stages: readonly Stage[];
  readonly prices: PriceBook;
  readonly measurement: Measurement;
  readonly inventories: Inventories;
}

const IDLE: Load = { requestsPerSecond: 0 };
const LOADS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].map((requestsPerSecond) => ({ requestsPerSecond }));
const TABLE_LOADS = [1, 5, 20, 100].map((requestsPerSecond) => ({ requestsPerSecond }));
const LOAD: Load = { requestsPerSecond: 5 };
const TARGET_P95_MS = 300;

/** Files of the report by their path from the repository. The same input gives the same text. */
export function costReport(input: ReportInput): ReadonlyMap<string, string> {
  const { stages, prices, measurement, inventories } = input;
  const prod = stages.find(({ name }) => name === 'prod');
  const inventory = inventories['prod'];
  if (!prod || !inventory) throw new Error('inventory.json: expected the stage prod');
  const durations = durationModel(measurement, DEFAULT_SLOWDOWN);
  const deployment = deploymentOf(prod.settings, inventory);
  const tuning = tuneMemory(prices, deployment, LOAD, durations, TARGET_P95_MS);
  const alternatives = (load: Load) => ({
    ...load,
    alternatives: compare(prices, deployment, load, durations),
  });
  const atSlowdown = (slowdown: number) => {
    const slowed = durationModel(measurement, slowdown);
    return {
      bill: deploymentBill(prices, deployment, LOAD, slowed),
      tuning: tuneMemory(prices, deployment, LOAD, slowed, TARGET_P95_MS),
    };
  };
  const document = [
    heading(prices),
    '## Each stage',
    stageCostTable(input),
    `At 0 requests/s a stage pays for what waits: warm environments, the firewall, alarms, the dashboard, metrics and the
probe.`,
    `## The bill of prod at ${LOAD.requestsPerSecond} requests/s`,
    billTable(deploymentBill(prices, deployment, LOAD, durations)),
    '## Memory',
    `The cheapest setting that keeps p95 of the function within ${TARGET_P95_MS} ms: **${tuning.cheapest ? `${tuning.cheapest.memoryMiB} MiB` : 'none'}**.
Lambda's charges only, prod at ${LOAD.requestsPerSecond} requests/s. The service takes up to 350 MiB with photos of this size (\`bench/image.ts\`);
photos of many megapixels and batches want more memory than the least settings have.`,
    tuningTable(tuning),
    '![Duration and cost over memory](cost/memory.svg)',
    '## The same load elsewhere',
    comparisonTable(TABLE_LOADS.map(alternatives)),
    '![Cost over load](cost/comparison.svg)',
    crossover(alternatives),
    COMPARED,
    '## Speed of Lambda',
    `No figure here was measured on Lambda. \`--slowdown\` (${DEFAULT_SLOWDOWN} unless given) multiplies the measured
milliseconds; \`--duration-ms\` takes the mean that a deployed function reports instead. What prod costs at
${LOAD.requestsPerSecond} requests/s by that factor:`,
    slowdownTable(atSlowdown),
    measuredSection(measurement),
    ASSUMPTIONS,
    '## Prices',
    `List prices of ${prices.region}, compared with their evidence on ${prices.checkedOn}: stored copies of AWS's pages and quotations of its
price list, not the live pages. “Seen” says where each number was read. Check them before a decision.`,
    priceTable(prices),
  ].join('\n\n');
  return new Map([
    ['docs/cost.md', `${document}\n`],
    ['docs/cost/memory.svg', renderPlot(tuningPanels(tuning, TARGET_P95_MS, LOAD.requestsPerSecond))],
    ['docs/cost/comparison.svg', renderPlot([comparisonPanel(LOADS.map(alternatives))])],
  ]);
}

/** What each stage that is deployed to AWS costs: idle, and under two loads. In Markdown. */
export function stageCostTable({ stages, prices, measurement, inventories }: ReportInput): string {
  const durations = durationModel(measurement, DEFAULT_SLOWDOWN);
  const rows = stages.flatMap(({ name, settings }) => {
    const inventory = inventories[name];
    if (!inventory) return [];
    const cost = (load: Load) => stageMonthlyCost(settings, load, { prices, durations, inventory });
    const { coldStart, memoryMiB } = settings;
    const warm =
      coldStart.kind === 'provisioned' ? `${coldStart.min} to ${coldStart.max} warm` : coldStart.kind;
    return [
      [
        `\`${name}\``,
        `${memoryMiB} MiB, ${warm}`,
        ...[IDLE, { requestsPerSecond: 1 }, LOAD].map((load) => usd(cost(load).usdPerMonth)),
        usd(cost(LOAD).usdPerMillion ?? 0),
      ],
    ];
  });
  const { requestsPerSecond } = LOAD;
  return markdownTable(
    [
      'Stage',
      'Function',
      'USD a month, idle',
      'at 1 request/s',
      `at ${requestsPerSecond} requests/s`,
      `USD a million at ${requestsPerSecond}`,
    ],
    rows,
  );
}

/** The least steady load at which the first alternative costs more than the system replaced. */
function crossover(alternatives: (load: Load) => Compared): string {
  const STEP = 0.5;
  const MOST = 150;
  for (let requestsPerSecond = STEP; requestsPerSecond <= MOST; requestsPerSecond += STEP) {
    const { alternatives: found } = alternatives({ requestsPerSecond });
    const own = found.find(({ name }) => name === 'This stage')?.bill;
    const replaced = found.find(({ name }) => name === 'EKS, system replaced')?.bill;
    if (own && replaced && own.usdPerMonth > replaced.usdPerMonth) {
      const millions = Math.round((requestsPerSecond * HOURS_PER_MONTH * 3600) / 1e6);
      return `From ${requestsPerSecond} requests/s on, all day and all month (${millions} million predictions), the cluster is the cheaper one:
API Gateway and logs are paid for each request, nodes are not. Below, this stage is.`;
    }
  }
  return `Up to ${MOST} requests/s this stage is the cheaper one.`;
}
