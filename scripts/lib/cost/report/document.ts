import { firstTierUsd, type PriceBook } from '../../../../lib/prices.ts';
import type { Stage } from '../../../../lib/stages.ts';
import { markdownTable } from '../../generated/markdown.ts';
import { lineCharts } from '../../plot/line-chart.ts';
import { compareAlternatives, OWN_NAME, REPLACED_NAME } from '../alternatives.ts';
import { HOURS_PER_MONTH, type Traffic } from '../bill.ts';
import { captureCharges } from '../captures.ts';
import { deploymentBill } from '../deployment.ts';
import { durationModel, type Measurement } from '../durations.ts';
import { floodCost } from '../flood.ts';
import type { Inventories } from '../inventory.ts';
import { jobsUsdPerDay } from '../jobs/flood.ts';
import { DEFAULT_SLOWDOWN, deploymentOf, stageMonthlyCost } from '../stage.ts';
import { tuneMemory } from '../tuning.ts';
import { usd } from './cells.ts';
import { batchChart, type JobReportInput, jobSection } from './jobs.ts';
import { comparisonChart, tuningCharts } from './plots.ts';
import {
  billTable,
  type Compared,
  captureTable,
  comparisonTable,
  measuredSection,
  priceTable,
  slowdownTable,
  tuningTable,
} from './tables.ts';
import { ASSUMPTIONS, CAPTURES, COMPARED, flood, reportHeading } from './text.ts';

export interface ReportInput {
  readonly stages: readonly Stage[];
  readonly prices: PriceBook;
  readonly measurement: Measurement;
  readonly inventories: Inventories;
}

const IDLE: Traffic = { requestsPerSecond: 0 };
const PLOTTED = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].map((requestsPerSecond) => ({ requestsPerSecond }));
const TABULATED = [1, 5, 20, 100].map((requestsPerSecond) => ({ requestsPerSecond }));
const ONE: Traffic = { requestsPerSecond: 1 };
const USUAL: Traffic = { requestsPerSecond: 5 };
const TARGET_P95_MS = 300;

/** The files of the report, by their path in the repository. The same input gives the same text. */
export function costReport(input: ReportInput): ReadonlyMap<string, string> {
  const { stages, prices, measurement, inventories } = input;
  const prod = stages.find(({ name }) => name === 'prod');
  const inventory = inventories['prod'];
  if (!prod || !inventory) throw new Error('Expected the stage prod and its inventory, got neither or one');
  const durations = durationModel(measurement, DEFAULT_SLOWDOWN);
  const deployment = deploymentOf(prod.settings, inventory);
  const tuning = tuneMemory(prices, deployment, USUAL, durations, TARGET_P95_MS);
  const comparedAt = (traffic: Traffic): Compared => ({
    ...traffic,
    alternatives: compareAlternatives(prices, deployment, traffic, durations),
  });
  const atSlowdown = (slowdown: number) => {
    const slowed = durationModel(measurement, slowdown);
    return {
      bill: deploymentBill(prices, deployment, USUAL, slowed),
      tuning: tuneMemory(prices, deployment, USUAL, slowed, TARGET_P95_MS),
    };
  };
  const job = jobReportInput(input);
  const document = [
    reportHeading(prices),
    '## Each stage',
    stageCostTable(input),
    `Without requests, a stage pays for what is always there: warm execution environments, the firewall, alarms, the
dashboard, metrics and the probe.`,
    `## The bill of prod at ${USUAL.requestsPerSecond} requests/s`,
    billTable(deploymentBill(prices, deployment, USUAL, durations)),
    '## What a flood can cost',
    floodTable(input),
    flood({
      s3Put: firstTierUsd(prices, 's3Put'),
      dataOut: firstTierUsd(prices, 'dataOut'),
      jobs: floodOfJobs(input),
    }),
    '## A sample of the images',
    CAPTURES,
    captureTable((percent) =>
      captureCharges(prices, deployment, { share: percent / 100, keepDays: 30 }, ONE),
    ),
    '## Memory',
    `The cheapest setting that keeps p95 of the function within ${TARGET_P95_MS} ms: **${tuning.cheapest ? `${tuning.cheapest.memoryMiB} MiB` : 'none'}**. The
table has Lambda's charges only, for prod at ${USUAL.requestsPerSecond} requests/s. The service takes up to 350 MiB with photos of this size
(\`bench/image.ts\`). Photos of many megapixels and batches need more memory than the smallest settings have.`,
    tuningTable(tuning),
    '![Duration and cost by memory](cost/memory.svg)',
    '## The same traffic elsewhere',
    comparisonTable(TABULATED.map(comparedAt)),
    '![Cost by traffic](cost/comparison.svg)',
    crossover(comparedAt),
    COMPARED,
    ...(job === undefined ? [] : [jobSection(job)]),
    '## Speed of Lambda',
    `No figure here was measured on Lambda. The measured milliseconds are multiplied by a slowdown, ${DEFAULT_SLOWDOWN} by default
(\`--slowdown\`). \`--duration-ms\` takes the mean duration of a deployed function instead. What prod costs at
${USUAL.requestsPerSecond} requests/s with other slowdowns:`,
    slowdownTable(atSlowdown),
    measuredSection(measurement),
    ASSUMPTIONS,
    '## Prices',
    `List prices of ${prices.region}, compared on ${prices.checkedOn} with stored copies of AWS's pages and quotations of its price
list, not with the live pages. “Seen” says where each number was found. Check the prices before you decide.`,
    priceTable(prices),
  ].join('\n\n');
  return new Map([
    ['docs/cost.md', `${document}\n`],
    ['docs/cost/memory.svg', lineCharts(tuningCharts(tuning, TARGET_P95_MS, USUAL.requestsPerSecond))],
    ['docs/cost/comparison.svg', lineCharts([comparisonChart(PLOTTED.map(comparedAt))])],
    ...(job === undefined ? [] : [['docs/cost/batches.svg', lineCharts([batchChart(job)])] as const]),
  ]);
}

/** Undefined if prod takes no jobs. */
export function jobReportInput({
  stages,
  prices,
  measurement,
  inventories,
}: ReportInput): JobReportInput | undefined {
  const prod = stages.find(({ name }) => name === 'prod');
  const inventory = inventories['prod'];
  if (!prod || !inventory || prod.settings.jobs === 'off') return undefined;
  return {
    prices,
    deployment: deploymentOf(prod.settings, inventory),
    jobs: prod.settings.jobs,
    durations: durationModel(measurement, DEFAULT_SLOWDOWN),
  };
}

/** What each stage on AWS costs without requests and at two rates, in Markdown. */
export function stageCostTable({ stages, prices, measurement, inventories }: ReportInput): string {
  const durations = durationModel(measurement, DEFAULT_SLOWDOWN);
  const rows = stages.flatMap(({ name, settings }) => {
    const inventory = inventories[name];
    if (!inventory) return [];
    const cost = (traffic: Traffic) => stageMonthlyCost(settings, traffic, { prices, durations, inventory });
    const { coldStart, memoryMiB } = settings;
    const warm =
      coldStart.kind === 'provisioned' ? `${coldStart.min} to ${coldStart.max} warm` : coldStart.kind;
    return [
      [
        `\`${name}\``,
        `${memoryMiB} MiB, ${warm}`,
        ...[IDLE, ONE, USUAL].map((traffic) => usd(cost(traffic).usdPerMonth)),
        usd(cost(USUAL).usdPerMillion ?? 0),
      ],
    ];
  });
  const { requestsPerSecond } = USUAL;
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

/** The most that each stage on AWS can cost under a flood. */
function floodTable({ stages, prices }: ReportInput): string {
  const rows = stages.map(({ name, settings }) => {
    const { openUsdPerDay, callerUsdPerDay, refusedUsdPerMillion } = floodCost(prices, settings);
    return [
      `\`${name}\``,
      usd(openUsdPerDay),
      callerUsdPerDay === undefined ? 'no credentials' : usd(callerUsdPerDay),
      usd(refusedUsdPerMillion),
    ];
  });
  return markdownTable(
    [
      'Stage',
      'USD a day, without credentials',
      'USD a day, with those of one caller',
      'USD a million refused requests',
    ],
    rows,
  );
}

const floodOfJobs = ({ stages, prices }: ReportInput): string =>
  stages
    .filter(({ settings }) => settings.jobs !== 'off')
    .map(({ name, settings }) => `${usd(jobsUsdPerDay(prices, settings))} USD a day in \`${name}\``)
    .join(', ');

/** The lowest steady rate at which this stage costs more than the replaced system. */
function crossover(comparedAt: (traffic: Traffic) => Compared): string {
  const STEP = 0.5;
  const MOST = 150;
  for (let requestsPerSecond = STEP; requestsPerSecond <= MOST; requestsPerSecond += STEP) {
    const { alternatives } = comparedAt({ requestsPerSecond });
    const own = alternatives.find(({ name }) => name === OWN_NAME)?.bill;
    const replaced = alternatives.find(({ name }) => name === REPLACED_NAME)?.bill;
    if (own && replaced && own.usdPerMonth > replaced.usdPerMonth) {
      const millions = Math.round((requestsPerSecond * HOURS_PER_MONTH * 3600) / 1e6);
      return `From ${requestsPerSecond} requests/s, all day and all month (${millions} million predictions), the cluster is cheaper, because API
Gateway and logs are billed for each request and nodes are not. Below that, this stage is cheaper.`;
    }
  }
  return `Up to ${MOST} requests/s this stage is cheaper.`;
}
