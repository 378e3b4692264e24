import { TemplateAlarms } from '../../cloudwatch/template-alarms.ts';
import type { AlarmTile } from './cards.ts';
import type { Records } from './records.ts';
import type { Resources } from './template.ts';

/**
 * The alarms of a template, by their logical ids, in the state in which a run leaves them. Their periods are minutes and
 * hours, so most of what they look at is from before the run, without data.
 *
 * @param prefix of the alarms' names, which is left out
 */
export function alarmTiles(
  resources: Resources,
  { samples }: Records,
  prefix: string,
): ReadonlyMap<string, AlarmTile> {
  const alarms = alarmsIn(resources);
  const lastMinute = Math.floor(Math.max(0, ...samples.map(({ atMs }) => atMs)) / 60_000);
  const valuesOf = (metric: string, minute: number) =>
    samples.flatMap(({ namespace, name, dimensions, atMs, value }) => {
      const isOfRoute = namespace !== 'AWS/ApiGateway' || dimensions['Resource'] === '/predict';
      const isIt = `${namespace} ${name}` === metric && isOfRoute && !('ExecutedVersion' in dimensions);
      return isIt && Math.floor(atMs / 60_000) === minute ? [value] : [];
    });
  const on = new Set(new TemplateAlarms(alarms, prefix).on(valuesOf, lastMinute, 'zero'));
  return new Map(
    Object.entries(alarms).map(([id, { Properties }]) => {
      const name = String(Properties['AlarmName']).replace(prefix, '');
      return [id, { name, isOn: on.has(name) }];
    }),
  );
}

const alarmsIn = (resources: Resources): Resources =>
  Object.fromEntries(
    Object.entries(resources).filter(([, { Type }]) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type)),
  );
