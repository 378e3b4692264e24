import { STAGE_NAMES } from '../lib/stages.ts';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, text, url } from './lib/command/options.ts';
import { UsageError } from './lib/command/usage-error.ts';
import {
  credentialOptions,
  type GivenCredentials,
  readCredentials,
  requireCredentials,
} from './lib/credentials/options.ts';
import type { NamedFinding } from './lib/findings/finding.ts';
import { reportFindings } from './lib/findings/report.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { smoke } from './lib/smoke/smoke.ts';

await runCommand(
  {
    name: 'npm run smoke --',
    summary:
      'Checks that a running service works: health, readiness, the model, a prediction, a batch, an error. Takes either\n' +
      'the URL of a service or the name of a deployed stage.',
    examples: ['--url http://localhost:8080', '--stage prod'],
    activity: 'Calling the service',
    options: {
      url: url({ help: 'the service, such as http://localhost:8080' }),
      ...credentialOptions,
      stage: choice(STAGE_NAMES, {
        help: 'a deployed stage; its CloudFormation stack has the URL, and says what the API requires',
      }),
      class: text('CLASS', {
        help: 'with --url: the label or the WordNet id that the service must give examples/cat.jpg, if it is none of a cat',
      }),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'every check passed', failure: 'a check failed' },
    explain: explainAwsError,
  },
  async ({ url, stage, json, class: expected, ...given }) => {
    if (stage === undefined) return reportFindings(await smokeUrl(url, given, expected), { json });
    if ([url, expected, given.auth, given['api-key']].some((option) => option !== undefined)) {
      throw new UsageError(
        '--stage: expected neither --url, --class, --auth nor --api-key, which the stage decides',
      );
    }
    return reportFindings(await smokeDeployed(stage), { json });
  },
);

async function smokeUrl(
  url: string | undefined,
  given: GivenCredentials,
  expected: string | undefined,
): Promise<readonly NamedFinding[]> {
  if (url === undefined) throw new UsageError('Expected --url or --stage, got neither');
  const credentials = await readCredentials(given, url);
  // Without a token, everything else is checked.
  if (given.auth !== 'jwt') requireCredentials(given.auth, credentials);
  return smoke({ url, credentials }, given.auth, expected === undefined ? undefined : [expected]);
}
