import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../../lambda/model/parse.ts';

/** Resources of a stage that are billed by their number. */
export interface Inventory {
  /** Metrics that alarms read. */
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  readonly wafRules: number;
}

const count = z.int().nonnegative();
const inventoriesSchema = z.record(
  z.string(),
  z.strictObject({ alarmMetrics: count, compositeAlarms: count, dashboards: count, wafRules: count }),
);
/** By the name of their stage. */
export type Inventories = z.output<typeof inventoriesSchema>;

export const INVENTORY_FILE = new URL('inventory.json', import.meta.url);

/** What `node scripts/cost.ts --count` counted. */
export function readInventories(): Inventories {
  return parseJson(
    inventoriesSchema,
    readFileSync(INVENTORY_FILE, 'utf8'),
    'scripts/lib/cost/inventory.json',
  );
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const expressionSchema = z.array(z.object({ MetricStat: z.unknown().optional() }));
const rulesSchema = z.array(z.unknown());

/**
 * Counts a CloudFormation template, given as JSON.
 *
 * @throws Error in one line where it is none.
 */
export function inventoryOf(template: string, path: string): Inventory {
  const resources = Object.values(parseJson(templateSchema, template, path).Resources);
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  return {
    alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce((sum, one) => sum + metricsOf(one.Properties), 0),
    compositeAlarms: ofType('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    wafRules: ofType('AWS::WAFv2::WebACL').reduce((sum, one) => sum + rulesOf(one.Properties), 0),
  };
}

/** An alarm on an expression pays for each metric in it, one on a single metric for that. */
function metricsOf({ Metrics }: Record<string, unknown>): number {
  if (Metrics === undefined) return 1;
  return expressionSchema.parse(Metrics).filter(({ MetricStat }) => MetricStat !== undefined).length;
}

function rulesOf({ Rules }: Record<string, unknown>): number {
  return rulesSchema.parse(Rules ?? []).length;
}
