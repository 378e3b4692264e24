import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { readStackOutputs } from './lib/aws/stack-outputs.ts';
import { runCommand } from './lib/command/command.ts';
import { confirm } from './lib/command/confirm.ts';
import { flag, wholeNumber } from './lib/command/options.ts';
import { finish } from './lib/record/finish.ts';
import { createSteps } from './lib/record/steps.ts';
import { runRollback } from './lib/rollback/command.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { loadStage, stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run rollback --',
    summary:
      'Takes a stage back to an older version: stops the deployment that is running, or else lets CloudFormation move\n' +
      'the alias. Then runs the smoke test, and tells the result to those who receive alerts, if the stage has\n' +
      'deploymentNotes.',
    examples: ['--stage prod', '--stage prod --to 41'],
    options: {
      stage: stageOption,
      to: wholeNumber('VERSION', {
        help: 'the version to go back to; without it, the one known to be good before the version in use',
        min: 1,
        max: 1_000_000,
      }),
      yes: flag('does not ask'),
    },
    exitCodes: { success: 'rolled back, and the smoke test passed', failure: 'failed or not confirmed' },
    explain: explainAwsError,
  },
  async ({ stage: name, to, yes }) => {
    const started = new Date();
    const stage = await loadStage(name);
    const say = (line: string) => console.log(line);
    const steps = createSteps(say);
    const cloudFormation = new CloudFormationClient({});
    const done = await runRollback(
      {
        cloudFormation,
        codeDeploy: new CodeDeployClient({}),
        lambda: new LambdaClient({}),
        ssm: new SSMClient({}),
        outputs: await readStackOutputs(cloudFormation, name),
        to: to === undefined ? undefined : String(to),
        confirm: yes ? async () => true : confirm,
        say,
      },
      () => smokeDeployed(name),
      steps,
    );
    if (done === undefined) return 1;
    return finish(stage, {
      action: 'rollback',
      ...done,
      commit: undefined,
      diff: undefined,
      steps: steps.results,
      started,
    });
  },
);
