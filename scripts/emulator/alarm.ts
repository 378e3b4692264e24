import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { runCommand } from '../lib/command/command.ts';
import { choice, text } from '../lib/command/options.ts';
import { clientOf } from './account.ts';
import { STACK, STAGE } from './cdk.ts';
import { readDeployment } from './deployment.ts';

await runCommand(
  {
    name: 'npm run emulator:alarm --',
    summary:
      'Sets the state of an alarm in the running emulator, where alarms do not change on their own. To see what follows:\n' +
      `npm run doctor -- --stage ${STAGE}`,
    examples: ['service-down', 'service-down --state OK'],
    positionals: {
      alarm: text('ALARM', { help: 'its name, as in docs/runbooks/README.md', required: true }),
    },
    options: {
      state: choice(['ALARM', 'OK'], { help: 'the new state', default: 'ALARM' }),
    },
  },
  async ({ alarm, state }) => {
    const cloudWatch = new CloudWatchClient(clientOf((await readDeployment()).address));
    const AlarmName = `${STACK}-${alarm}`;
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
    const names = MetricAlarms.map((each) => each.AlarmName?.replace(`${STACK}-`, ''));
    if (!names.includes(alarm)) throw new Error(`Expected one of ${names.sort().join(', ')}, got ${alarm}`);
    await cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: 'npm run emulator:alarm' }),
    );
    console.log(`${AlarmName}: ${state}`);
    return 0;
  },
);
