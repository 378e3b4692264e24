import { paginateGetUsage } from '@aws-sdk/client-api-gateway';
import type { StageKeys } from './stage-keys.ts';

/** Requests of one key. */
export interface Usage {
  readonly used: number;
  /** What is left of the usage plan's quota. */
  readonly left: number;
}

/**
 * What each key, by its id, has used on one day.
 *
 * The API reference says that the answer has the keys' values; what AWS sends are their ids, as in
 * github.com/floci-io/floci/pull/3561. Others are left out.
 *
 * @param day such as `2026-11-27`, in UTC.
 */
export async function readUsage(
  { gateway, usagePlanId }: StageKeys,
  ids: readonly string[],
  day: string,
): Promise<ReadonlyMap<string, Usage>> {
  const usage = new Map<string, Usage>();
  for await (const { items = {} } of paginateGetUsage(
    { client: gateway, pageSize: 500 },
    { usagePlanId, startDate: day, endDate: day },
  )) {
    for (const id of ids) {
      const [used, left] = items[id]?.at(-1) ?? [];
      if (used !== undefined && left !== undefined) usage.set(id, { used, left });
    }
  }
  return usage;
}
