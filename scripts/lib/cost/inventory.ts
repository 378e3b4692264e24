import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../lambda/model/parse.ts';
import { stackName } from '../../../lib/stages.ts';
import { REPOSITORY } from '../paths.ts';
import { run } from '../system/run.ts';

/** The resources of a stage that AWS bills by number. */
export interface Inventory {
  /** Metrics that alarms read. */
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics that are counted from logs and have a value at all times, not only when something fails. */
  readonly logMetrics: number;
  readonly wafRules: number;
  readonly secrets: number;
}

const count = z.int().nonnegative();
const inventoriesSchema = z.record(
  z.string(),
  z.strictObject({
    alarmMetrics: count,
    compositeAlarms: count,
    dashboards: count,
    logMetrics: count,
    wafRules: count,
    secrets: count,
  }),
);
/** By the name of the stage. */
export type Inventories = z.output<typeof inventoriesSchema>;

/** In the repository. */
export const INVENTORY_FILE = 'scripts/lib/cost/inventory.json';

/** What `npm run cost:report` counted. */
export function readInventories(): Inventories {
  return parseJson(inventoriesSchema, readFileSync(`${REPOSITORY}${INVENTORY_FILE}`, 'utf8'), INVENTORY_FILE);
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const expressionSchema = z.array(z.object({ MetricStat: z.unknown().optional() }));
const transformationsSchema = z.array(z.object({ DefaultValue: z.number().optional() }));
const rulesSchema = z.array(z.unknown());

/**
 * Counts a CloudFormation template, given as JSON.
 *
 * @throws Error in one line if it is not a template.
 */
export function inventoryOf(template: string, path: string): Inventory {
  const resources = Object.values(parseJson(templateSchema, template, path).Resources);
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  return {
    alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce((sum, one) => sum + metricsOf(one.Properties), 0),
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    logMetrics: ofType('AWS::Logs::MetricFilter').filter(({ Properties }) => hasDefault(Properties)).length,
    wafRules: ofType('AWS::WAFv2::WebACL').reduce((sum, one) => sum + rulesOf(one.Properties), 0),
    secrets: ofType('AWS::SecretsManager::Secret').length,
  };
}

/**
 * AWS bills an alarm on an expression for each metric in it, and an alarm on a single metric for that metric.
 */
function metricsOf({ Metrics }: Record<string, unknown>): number {
  if (Metrics === undefined) return 1;
  return expressionSchema.parse(Metrics).filter(({ MetricStat }) => MetricStat !== undefined).length;
}

function hasDefault({ MetricTransformations }: Record<string, unknown>): boolean {
  return transformationsSchema
    .parse(MetricTransformations)
    .some(({ DefaultValue }) => DefaultValue !== undefined);
}

function rulesOf({ Rules }: Record<string, unknown>): number {
  return rulesSchema.parse(Rules ?? []).length;
}

/**
 * Synthesises stages, and counts what is in their templates.
 *
 * @param overrides of the settings, as in cdk.json.
 */
export async function countStages(stages: readonly string[], overrides: unknown): Promise<Inventories> {
  const folder = await mkdtemp(join(tmpdir(), 'templates-'));
  try {
    const program = 'scripts/programs/synthesise.mjs';
    await run(process.execPath, [program, folder, JSON.stringify(overrides ?? {}), ...stages]);
    const counted = stages.map(async (stage) => {
      const name = `${stackName(stage)}.template.json`;
      return [stage, inventoryOf(await readFile(join(folder, stage, name), 'utf8'), name)] as const;
    });
    return Object.fromEntries(await Promise.all(counted));
  } finally {
    await rm(folder, { recursive: true });
  }
}
