import { isPipelineStage } from '../lib/pipeline/names.ts';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { confirm } from './lib/command/confirm.ts';
import { flag } from './lib/command/options.ts';
import { listenForStop } from './lib/command/stop-signals.ts';
import { cdkOf } from './lib/deploy/cdk.ts';
import { deployerOf } from './lib/deploy/deployer.ts';
import { runDeployment } from './lib/deploy/deployment.ts';
import { findPlace } from './lib/deploy/place.ts';
import { publishedImage } from './lib/deploy/published.ts';
import { sourceOf } from './lib/deploy/request.ts';
import { headCommit } from './lib/deploy/working-tree.ts';
import { isOnGitHub } from './lib/github/run.ts';
import { finish } from './lib/record/finish.ts';
import { createSteps } from './lib/record/steps.ts';
import { loadPipeline, loadStage, stageOption } from './lib/stages/load.ts';
import { commitOption, imageOption, readTrust, trustOptions } from './lib/supply/options.ts';

await runCommand(
  {
    name: 'npm run deploy --',
    summary:
      'Deploys a stage: the preflight, the image, cdk diff, cdk deploy, the smoke test. With --commit or --image, it deploys\n' +
      'the image that main.yml has published, and verifies first who has signed it and from which commit it was built. If\n' +
      'the smoke test fails, it rolls back to the version before. It tells the result to those who receive alerts, if the\n' +
      'stage has deploymentNotes.',
    examples: ['--stage dev', '--stage prod --commit $(git rev-parse HEAD)'],
    options: {
      stage: stageOption,
      commit: commitOption({ help: 'deploys the published image of this commit: 40 hex digits' }),
      image: imageOption({
        help: 'deploys this image, which must be of --commit (default: the commit of the working tree)',
      }),
      ...trustOptions,
      yes: flag('accepts changes of permissions, and a rollback, without asking'),
    },
    exitCodes: { success: 'deployed, and the smoke test passed', failure: 'a step failed' },
    explain: explainAwsError,
  },
  async ({ stage: name, yes, ...given }) => {
    const started = new Date();
    const say = (line: string) => console.log(line);
    const [stage, pipeline] = [await loadStage(name), await loadPipeline()];
    const isStrict = isOnGitHub() && pipeline !== undefined && isPipelineStage(name);
    const source = await sourceOf(given, { head: () => headCommit(), mustBePublished: isStrict });
    const published =
      source.kind === 'build'
        ? undefined
        : publishedImage({
            stage,
            source,
            trust: await readTrust(given),
            images: pipeline?.images,
            place: findPlace,
            isStrict,
          });
    using signals = listenForStop();
    const deployer = deployerOf({
      stage,
      published,
      cdk: cdkOf(name, {
        approves: yes,
        signal: signals.stop,
        secrets: stage.settings.notificationUrls.map(({ url }) => url),
      }),
      signal: signals.stop,
      started,
      // Without a terminal, nobody can agree.
      confirm: yes ? async () => true : process.stdin.isTTY ? confirm : async () => false,
      say,
    });
    const steps = createSteps(say);
    const deployed = await runDeployment(deployer, steps);
    const code = await finish(stage, {
      action: 'deployment',
      ...deployed,
      commit: source.kind === 'build' ? undefined : source.commit,
      steps: steps.results,
      started,
    });
    return code === 0 ? code : (signals.code() ?? code);
  },
);
