import type { Settings } from '../../../lib/settings.ts';

/** Properties that AWS changes while the service runs, by type of resource and the start of their path. */
const CHANGED_BY_AWS: Readonly<Record<string, readonly string[]>> = {
  // Target tracking adds and removes environments.
  'AWS::Lambda::Alias': ['/ProvisionedConcurrencyConfig'],
};

/** Properties that a schedule changes. */
const CHANGED_BY_SCHEDULES: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': ['/MinCapacity', '/MaxCapacity'],
};

/** Whether a stage scales by a schedule. */
export const isScheduled = ({ coldStart }: Pick<Settings, 'coldStart'>): boolean =>
  coldStart.kind === 'provisioned' && coldStart.schedules.length > 0;

/** Whether a property may differ from the template although nobody changed it by hand. */
export function isExpected(
  resourceType: string,
  propertyPath: string,
  { isScheduled }: { readonly isScheduled: boolean },
): boolean {
  const paths = [
    ...(CHANGED_BY_AWS[resourceType] ?? []),
    ...(isScheduled ? (CHANGED_BY_SCHEDULES[resourceType] ?? []) : []),
  ];
  return paths.some((path) => propertyPath === path || propertyPath.startsWith(`${path}/`));
}
