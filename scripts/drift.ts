import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { stackName } from '../lib/stages.ts';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { flag } from './lib/command/options.ts';
import { findDrift } from './lib/drift/drift.ts';
import { isScheduled } from './lib/drift/expected.ts';
import { findingsMarkdown } from './lib/findings/markdown.ts';
import { reportFindings } from './lib/findings/report.ts';
import { writeSummary } from './lib/github/step.ts';
import { loadStage, stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run drift --',
    summary:
      'Compares the resources of a deployed stage with its template, and lists what someone changed by hand.',
    examples: ['--stage prod'],
    activity: 'Comparing the stack with its template',
    options: { stage: stageOption, json: flag('prints JSON') },
    exitCodes: { success: 'nothing was changed', failure: 'a resource was changed or deleted' },
    explain: explainAwsError,
  },
  async ({ stage, json }) => {
    const { name, settings } = await loadStage(stage);
    const findings = await findDrift(new CloudFormationClient({}), {
      stack: stackName(name),
      isScheduled: isScheduled(settings),
    });
    await writeSummary(findingsMarkdown(`Drift of ${name}`, findings));
    return reportFindings(findings, { json });
  },
);
