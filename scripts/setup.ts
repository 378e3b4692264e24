import { runCommand } from './lib/command/command.ts';
import { flag } from './lib/command/options.ts';
import { reportFindings } from './lib/findings/report.ts';
import { setUp } from './lib/setup/setup.ts';

await runCommand(
  {
    name: 'npm run setup --',
    summary:
      'Checks this machine, and says what does not work without each program that is missing. Installs and changes\n' +
      'nothing. npm run preflight checks the AWS account before a deployment.',
    examples: ['', '--json'],
    activity: 'Checking this machine',
    options: { json: flag('prints JSON') },
    exitCodes: {
      success: 'npm start works (warnings say what else does not)',
      failure: 'npm start does not work',
    },
  },
  async ({ json }) => {
    const code = reportFindings(await setUp(), { json });
    if (!json) {
      console.log(
        code === 0
          ? '\nnpm start works here. npm run help lists what comes next.'
          : '\nnpm start does not work here yet. Do what follows "fail" first.',
      );
    }
    return code;
  },
);
