import { App, type AppProps, LegacyStackSynthesizer, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readStage } from '../stages.ts';
import { ImagesStack } from './images-stack.ts';
import { BUILD, PROVIDER_STACK, pipelineStackName, requirePipelineStage } from './names.ts';
import { PipelineStack } from './pipeline-stack.ts';
import { ProviderStack } from './provider-stack.ts';
import { requirePipeline } from './settings.ts';

/**
 * The CDK app that sets up deployments from GitHub: `context.stage` names the stage, or is `build` for the
 * images of all stages, and `context.pipeline` names the repository.
 *
 * Its stacks are deployed with the CLI's own credentials and need no bootstrap: the stage's bootstrap refers
 * to their policies.
 *
 * @throws StageError without a repository, for a stage that GitHub cannot deploy, or for an invalid setting.
 */
export function createPipelineApp(props: AppProps = {}): App {
  const app = new App(props);
  const name = requirePipelineStage(app.node.tryGetContext('stage'));
  const pipeline = requirePipeline(app.node.tryGetContext('pipeline'));
  const common = { pipeline, synthesizer: new LegacyStackSynthesizer(), terminationProtection: true };
  const stack =
    name === BUILD
      ? new ImagesStack(app, pipelineStackName(BUILD), {
          ...common,
          description: 'The images of the classifier, and who builds them on GitHub',
        })
      : new PipelineStack(app, pipelineStackName(name), {
          ...common,
          stage: name,
          settings: readStage(name, app.node.tryGetContext('stages')).settings,
          description: `Deploys the classifier's stage ${name} from GitHub`,
        });
  if (pipeline.oidcProvider === 'create') {
    const provider = new ProviderStack(app, PROVIDER_STACK, {
      description: 'GitHub as an identity provider of this account',
      synthesizer: new LegacyStackSynthesizer(),
      terminationProtection: true,
    });
    stack.addStackDependency(provider);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
