import type { ExpectedImage } from '../image-reference.ts';
import { type PipelineStage, qualifierOf } from './names.ts';
import type { ImageSettings } from './settings.ts';

/** Where the images of the pipeline are pushed to. */
export const IMAGES_REPOSITORY = 'resnet50-images';

/** An account and a region. */
export interface Environment {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** The repository of the stage's bootstrap. */
export const bootstrapRepository = (stage: PipelineStage, account: string, region: string): string =>
  `cdk-${qualifierOf(stage)}-container-assets-${account}-${region}`;

/**
 * What an image has to be so that a stage can run it. Its region is always the stage's: Lambda takes no image
 * from another (docs.aws.amazon.com/lambda, "Create a Lambda function using a container image"). Only the roles
 * of a pipeline limit the account and the repository.
 *
 * @param stage undefined if no pipeline deploys the stage.
 */
export function expectedImage(
  stage: PipelineStage | undefined,
  images: ImageSettings | undefined,
  { account, region }: Partial<Environment>,
): ExpectedImage {
  if (stage === undefined || images === undefined) return { region };
  if (images.use === 'shared') {
    return { account: images.account ?? account, region, repository: () => IMAGES_REPOSITORY };
  }
  return {
    account,
    region,
    repository: (image) => bootstrapRepository(stage, image.account, image.region),
  };
}
