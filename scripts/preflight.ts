import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { flag } from './lib/command/options.ts';
import { reportFindings } from './lib/findings/report.ts';
import { preflight } from './lib/preflight/preflight.ts';
import { loadStage, readPreflightContext, stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run preflight --',
    summary:
      'Checks this machine and the AWS account before a deployment, and says how to fix what it finds.',
    examples: ['--stage prod', '--stage prod --published', '--stage dev --json'],
    options: {
      stage: stageOption,
      published: flag('for an image that main.yml has published: this machine needs no Docker'),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'ready to deploy (there may be warnings)', failure: 'a check failed' },
    explain: explainAwsError,
  },
  async ({ stage: name, published, json }) => {
    const stage = await loadStage(name);
    const findings = await preflight({
      stage,
      builds: !published,
      ...(await readPreflightContext(stage)),
    });
    return reportFindings(findings, { json });
  },
);
