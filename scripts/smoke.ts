import { STAGE_NAMES } from '../lib/stages.ts';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, text, url } from './lib/command/options.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { reportFindings } from './lib/findings/report.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { smoke } from './lib/smoke/smoke.ts';

await runCommand(
  {
    name: 'npm run smoke --',
    summary:
      'Checks that a running service works: health, readiness, the model, a prediction, a batch, an error. Takes either\n' +
      'the URL of a service or the name of a deployed stage.',
    options: {
      url: url({ help: 'the service, such as http://localhost:8080' }),
      'api-key': text('KEY', { help: 'the API key of --url' }),
      stage: choice(STAGE_NAMES, {
        help: 'a deployed stage; its CloudFormation stack has the URL and the key',
      }),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'every check passed', failure: 'a check failed' },
    explain: explainAwsError,
  },
  async ({ url, 'api-key': apiKey, stage, json }) => {
    if (stage !== undefined && (url !== undefined || apiKey !== undefined)) {
      throw new UsageError('--stage: expected neither --url nor --api-key, which the stage decides');
    }
    const findings = await (stage === undefined
      ? smoke({ url: required(url), apiKey })
      : smokeDeployed(stage));
    return reportFindings(findings, { json });
  },
);

function required(url: string | undefined): string {
  if (url === undefined) throw new UsageError('Expected --url or --stage, got neither');
  return url;
}
