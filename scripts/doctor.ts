import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { flag } from './lib/command/options.ts';
import { doctorClients } from './lib/doctor/clients.ts';
import { examine } from './lib/doctor/doctor.ts';
import { formatReport } from './lib/doctor/format.ts';
import { hasFailed } from './lib/findings/report.ts';
import { loadStage, stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run doctor --',
    summary:
      'Reports on a deployed stage: what it runs, its alarms, failed jobs, deployments, drift, API keys, certificate and quotas,\n' +
      'with links. Reads only. Uses your own AWS credentials, and names each permission that they lack.',
    examples: ['--stage prod', '--stage dev --json'],
    activity: 'Reading the stage',
    options: { stage: stageOption, json: flag('prints JSON') },
    exitCodes: {
      success: 'healthy (there may be warnings)',
      failure: 'something failed, or the stage cannot be read',
    },
    explain: explainAwsError,
  },
  async ({ stage: name, json }) => {
    const stage = await loadStage(name);
    const report = await examine({ stage, clients: doctorClients(), now: new Date() });
    console.log(json ? JSON.stringify(report, null, 2) : formatReport(report, process.stdout));
    return hasFailed(report.sections.flatMap(({ findings }) => findings)) ? 1 : 0;
  },
);
