import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { fail, type NamedFinding, ok, warn } from '../findings/finding.ts';

/** The part of an alarm or a composite alarm that the report shows. */
interface AnyAlarm {
  readonly AlarmName?: string | undefined;
  readonly AlarmDescription?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly StateUpdatedTimestamp?: Date | undefined;
  readonly ActionsEnabled?: boolean | undefined;
}

/** A finding for each alarm in ALARM, one for those that tell nobody, and one for all others. */
export async function findAlarms(client: CloudWatchClient, stack: string): Promise<NamedFinding[]> {
  const alarms: AnyAlarm[] = [];
  for await (const page of paginateDescribeAlarms(
    { client },
    { AlarmNamePrefix: `${stack}-`, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  )) {
    alarms.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
  }
  const raised = alarms.filter(({ StateValue }) => StateValue === 'ALARM');
  const silenced = alarms.filter(({ ActionsEnabled }) => ActionsEnabled === false);
  const unknown = alarms.filter(({ StateValue }) => StateValue === 'INSUFFICIENT_DATA').length;
  const name = 'alarms';
  const findings: NamedFinding[] = raised.map((alarm) => ({ name: 'ALARM', ...describe(alarm, stack) }));
  if (silenced.length > 0) {
    const names = silenced.map(({ AlarmName = '' }) => AlarmName).join(' ');
    findings.push({
      name,
      ...warn(
        `${silenced.length} tell nobody, because their actions are disabled`,
        `aws cloudwatch enable-alarm-actions --alarm-names ${names}`,
      ),
    });
  }
  if (alarms.length === 0) {
    return [{ name, ...warn('the stage has none', 'Deploy it again, or check AWS_PROFILE and AWS_REGION.') }];
  }
  const rest = `${alarms.length - raised.length} of ${alarms.length} are not in alarm`;
  return [...findings, { name, ...ok(unknown === 0 ? rest : `${rest}, ${unknown} of them without data`) }];
}

function describe({ AlarmName = '', AlarmDescription = '', StateUpdatedTimestamp }: AnyAlarm, stack: string) {
  const short = AlarmName.replace(`${stack}-`, '');
  const [means = '', runbook] = AlarmDescription.split(/ ?Runbook: /);
  const since = StateUpdatedTimestamp ? `, since ${StateUpdatedTimestamp.toISOString()}` : '';
  return fail(`${short}${since}. ${means}`, runbook ?? `docs/runbooks/README.md, ${short}`);
}
