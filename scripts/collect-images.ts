import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ECRClient } from '@aws-sdk/client-ecr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { collect, deletions, planCollection } from './lib/collect/collect.ts';
import { planMarkdown, planRows } from './lib/collect/describe.ts';
import { daysOfJobs } from './lib/collect/retention.ts';
import { alignColumns } from './lib/command/columns.ts';
import { runCommand } from './lib/command/command.ts';
import { confirm } from './lib/command/confirm.ts';
import { flag, wholeNumber } from './lib/command/options.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { assetRepository } from './lib/deploy/place.ts';
import { writeSummary } from './lib/github/step.ts';
import { loadStage, stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run collect-images --',
    summary:
      'Lists the versions of functions and the images of a stage that nothing needs any more, asks, and deletes them.\n' +
      'Keeps what an alias, the template, provisioned concurrency or the list of known-good versions names. Deletes\n' +
      'images only from a repository that belongs to the stage alone, which a stage with a pipeline has.',
    examples: ['--stage dev --dry-run', '--stage prod --days 90 --keep 20'],
    options: {
      stage: stageOption,
      days: wholeNumber('N', {
        help: 'keeps versions that were in use in the last N days, and images pushed since then',
        default: 30,
        min: 1,
        max: 3650,
      }),
      keep: wholeNumber('N', {
        help: 'keeps the newest N versions of each function',
        default: 10,
        min: 1,
        max: 1000,
      }),
      'dry-run': flag('lists, and deletes nothing'),
      yes: flag('does not ask'),
    },
    exitCodes: { success: 'deleted, or there was nothing to delete', failure: 'failed or not confirmed' },
    explain: explainAwsError,
  },
  async ({ stage: name, days, keep, 'dry-run': isDryRun, yes }) => {
    const { settings } = await loadStage(name);
    const least = daysOfJobs(settings.jobs);
    if (days < least) {
      throw new UsageError(
        `--days: expected at least ${least}, because a job of ${name} may still need a version that long, got ${days}`,
      );
    }
    const repository = await assetRepository(name);
    const collection = {
      clients: {
        cloudFormation: new CloudFormationClient({}),
        codeDeploy: new CodeDeployClient({}),
        lambda: new LambdaClient({}),
        ssm: new SSMClient({}),
      },
      stage: name,
      repository: repository === undefined ? undefined : { client: new ECRClient({}), name: repository },
      retention: { days, keep },
      now: new Date(),
    };
    const plan = await planCollection(collection);
    console.log(alignColumns(planRows(plan)));
    if (repository === undefined) {
      console.log('Images are kept: other apps may use the repository of the CDK’s own bootstrap.');
    }
    const { versions, images } = deletions(plan);
    const found = versions.length + images.length;
    if (found === 0 || isDryRun) {
      await writeSummary(planMarkdown(name, plan, false));
      return 0;
    }
    const question = `Delete ${versions.length} versions and ${images.length} images of ${name}?`;
    if (!yes && !(await confirm(question))) return 1;
    await collect(collection, plan, (line) => console.log(line));
    await writeSummary(planMarkdown(name, plan, true));
    return 0;
  },
);
