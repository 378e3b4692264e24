/**
 * Takes a stage back to an older version: stops the deployment that is running, or else moves the alias.
 *
 *   npm run rollback -- --stage prod [--to VERSION] [--yes]
 *
 * The smoke test runs afterwards. Exit codes: 0 done and well, 1 failed or not confirmed, 2 wrong usage.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { readStackOutputs } from './lib/aws/stack-outputs.ts';
import { readOptions, runCommand, UsageError } from './lib/command/command.ts';
import { confirm } from './lib/command/confirm.ts';
import { formatFindings, hasFailed } from './lib/findings/report.ts';
import { rollBack } from './lib/rollback/rollback.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { loadStage } from './lib/stages/load.ts';

await runCommand('Usage: npm run rollback -- --stage NAME [--to VERSION] [--yes]', async () => {
  const { stage, to, yes } = readOptions({
    stage: { type: 'string' },
    to: { type: 'string' },
    yes: { type: 'boolean', default: false },
  });
  if (to !== undefined && !/^\d+$/.test(to))
    throw new UsageError(`--to: expected a version's number, got ${to}`);
  const { name } = await loadStage(stage);
  const outputs = await readStackOutputs(new CloudFormationClient({}), name);
  const done = await rollBack({
    lambda: new LambdaClient({}),
    codeDeploy: new CodeDeployClient({}),
    outputs,
    to,
    confirm: yes ? async () => true : confirm,
    say: (line) => console.log(line),
  });
  if (!done) return 1;
  const findings = await smokeDeployed(name);
  console.log(formatFindings(findings, process.stdout));
  return hasFailed(findings) ? 1 : 0;
});
