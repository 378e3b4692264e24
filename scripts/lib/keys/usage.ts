import { paginateGetUsage } from '@aws-sdk/client-api-gateway';
import type { StageKeys } from './stage-keys.ts';

/** Requests of one key. */
export interface Usage {
  readonly used: number;
  /** What is left of the usage plan's quota. */
  readonly left: number;
}

/**
 * What each key, by its id, has used on one day. AWS promises it only for a usage plan with a quota (API
 * Gateway API reference, GetUsage).
 *
 * @param day such as `2026-11-27`, in UTC.
 */
export async function readUsage(
  { gateway, usagePlanId }: StageKeys,
  day: string,
): Promise<ReadonlyMap<string, Usage>> {
  const usage = new Map<string, Usage>();
  for await (const { items = {} } of paginateGetUsage(
    { client: gateway, pageSize: 500 },
    { usagePlanId, startDate: day, endDate: day },
  )) {
    for (const [id, days] of Object.entries(items)) {
      const [used, left] = days.at(-1) ?? [];
      if (used !== undefined && left !== undefined) usage.set(id, { used, left });
    }
  }
  return usage;
}
