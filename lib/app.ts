import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ClassifierStack } from './classifier-stack.ts';
import { readStage, stackName } from './stages.ts';

/**
 * The CDK app of one stage. `context.stage` names the stage, `context.stages` overrides its settings.
 *
 * @throws StageError if the stage is unknown or one of its settings is invalid.
 */
export function createApp(props: AppProps = {}): App {
  const app = new App(props);
  const stage = readStage(app.node.tryGetContext('stage'), app.node.tryGetContext('stages'));
  new ClassifierStack(app, stackName(stage.name), {
    stage,
    description: `ResNet-50 image classification, stage ${stage.name}`,
    terminationProtection: stage.name === 'prod',
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
