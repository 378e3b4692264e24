import { STSClient } from '@aws-sdk/client-sts';
import { bootstrapRepository, IMAGES_REPOSITORY } from '../../../lib/pipeline/images.ts';
import { isPipelineStage, type PipelineStage, qualifierOf } from '../../../lib/pipeline/names.ts';
import type { ImageSettings } from '../../../lib/pipeline/settings.ts';
import type { StageName } from '../../../lib/stages.ts';
import { identify, regionOf } from '../preflight/account.ts';
import { loadPipeline } from '../stages/load.ts';

/** Where the credentials of this machine deploy to. */
export interface Place {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** @throws Error without valid credentials or a region. */
export async function findPlace(sts = new STSClient({})): Promise<Place> {
  const region = await regionOf(sts);
  if (region === undefined) throw new Error('no AWS region is set: export AWS_REGION=eu-central-1');
  const identity = await identify(sts);
  if (!identity.known) throw new Error(identity.reason);
  return { account: identity.account, region };
}

/** The registry of an account in ECR, by the name that Docker calls it. */
const registryOf = ({ account, region }: Place): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Where main.yml publishes images. @param images of the pipeline. @default the account and region of the stage */
export function publishedRepository(place: Place, images?: ImageSettings): string {
  const { account = place.account, region = place.region } = images ?? {};
  return `${registryOf({ account, region })}/${IMAGES_REPOSITORY}`;
}

/** docs.aws.amazon.com, IAM user guide, "Amazon Resource Names", partition. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What a deployment copies an image to. */
export interface CopyTarget {
  /** `HOST/NAME` */
  readonly repository: string;
  /** The role that may push to it. */
  readonly role: string;
}

/**
 * The repository of the stage's bootstrap, if its functions have to use that one.
 *
 * @returns undefined if they use the published image itself.
 */
export function copyTarget(
  stage: StageName,
  images: ImageSettings | undefined,
  place: Place,
): CopyTarget | undefined {
  if (!isPipelineStage(stage) || images?.use !== 'copy') return undefined;
  const { account, region } = place;
  return {
    repository: `${registryOf(place)}/${bootstrapRepository(stage, account, region)}`,
    role: `arn:${partitionOf(region)}:iam::${account}:role/${imagePublishingRole(stage, place)}`,
  };
}

/** The bootstrap template of the CDK names it. */
const imagePublishingRole = (stage: PipelineStage, { account, region }: Place): string =>
  `cdk-${qualifierOf(stage)}-image-publishing-role-${account}-${region}`;

/**
 * The repository that only this stage uses.
 *
 * @returns undefined if the stage uses the CDK's own bootstrap, whose repository other apps may use too.
 */
export async function assetRepository(stage: StageName): Promise<string | undefined> {
  if (!isPipelineStage(stage) || (await loadPipeline()) === undefined) return undefined;
  const { account, region } = await findPlace();
  return bootstrapRepository(stage, account, region);
}
