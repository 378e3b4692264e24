import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ClassifierStack } from './classifier-stack.ts';
import { readImage } from './image-reference.ts';
import { boundRoles, pipelineSynthesizer } from './pipeline/deployed-stack.ts';
import { type Environment, expectedImage } from './pipeline/images.ts';
import { isPipelineStage } from './pipeline/names.ts';
import { readPipeline } from './pipeline/settings.ts';
import { readStage, stackName } from './stages.ts';

/**
 * The CDK app of one stage. `context.stage` names the stage, `context.stages` overrides its settings,
 * `context.pipeline` gives it its own bootstrap, and `context.image` is the image to run instead of building one.
 *
 * @param target where the CDK CLI deploys to. An image must fit it. @default not known
 * @throws StageError if the stage is unknown, or one of its settings, of the pipeline's, or the image is invalid.
 */
export function createApp(props: AppProps = {}, target: Partial<Environment> = {}): App {
  const app = new App(props);
  const stage = readStage(app.node.tryGetContext('stage'), app.node.tryGetContext('stages'));
  const pipeline = readPipeline(app.node.tryGetContext('pipeline'));
  // Emulators use the CDK's own bootstrap.
  const bootstrapped = pipeline && isPipelineStage(stage.name) ? stage.name : undefined;
  const stack = new ClassifierStack(app, stackName(stage.name), {
    stage,
    image: readImage(app.node.tryGetContext('image'), expectedImage(bootstrapped, pipeline?.images, target)),
    ...(bootstrapped ? { synthesizer: pipelineSynthesizer(bootstrapped) } : {}),
    description: `ResNet-50 image classification, stage ${stage.name}`,
    terminationProtection: stage.name === 'prod',
  });
  if (bootstrapped) boundRoles(stack, bootstrapped);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
