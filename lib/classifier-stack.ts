import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClassifierFunction } from './constructs/classifier-function.ts';
import { ServiceImage } from './constructs/service-image.ts';
import type { Stage } from './stages.ts';

export interface ClassifierStackProps extends StackProps {
  readonly stage: Stage;
}

/** The whole service of one stage: composes the constructs and has no resource of its own. */
export class ClassifierStack extends Stack {
  constructor(scope: Construct, id: string, { stage, ...props }: ClassifierStackProps) {
    super(scope, id, props);
    const { settings } = stage;
    const image = new ServiceImage(this, 'Image', { architecture: settings.architecture });
    const service = new ClassifierFunction(this, 'Service', { image, stage });

    new CfnOutput(this, 'AliasArn', { value: service.alias.functionArn });
    new CfnOutput(this, 'ImageUri', { value: image.uri });
    new CfnOutput(this, 'ImageDigest', { value: image.digest });
    Tags.of(this).add('stage', stage.name);
    for (const [key, value] of Object.entries(settings.tags)) Tags.of(this).add(key, value);
  }
}
