import { STSClient } from '@aws-sdk/client-sts';
import { isPipelineStage, type PipelineStage, qualifierOf } from '../../../lib/pipeline/names.ts';
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

/** The registry of an account in ECR, which Docker and crane call by this name. */
export const registryOf = ({ account, region }: Place): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** The repository of the bootstrap that only this stage has. */
export const assetRepositoryOf = (stage: PipelineStage, { account, region }: Place): string =>
  `cdk-${qualifierOf(stage)}-container-assets-${account}-${region}`;

/** A role of the bootstrap that only this stage has. */
export const bootstrapRoleOf = (
  stage: PipelineStage,
  role: 'deploy' | 'image-publishing',
  { account, region }: Place,
): string =>
  `arn:${region.startsWith('cn-') ? 'aws-cn' : 'aws'}:iam::${account}:role/cdk-${qualifierOf(stage)}-${role}-role-${account}-${region}`;

/** @returns undefined if the stage uses the CDK's own bootstrap, whose repository other apps may use too. */
export async function assetRepository(stage: StageName): Promise<string | undefined> {
  if (!isPipelineStage(stage) || (await loadPipeline()) === undefined) return undefined;
  return assetRepositoryOf(stage, await findPlace());
}
