import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { IMAGES_REPOSITORY } from '../../../lib/pipeline/images.ts';

/** The repository of published images in the account and region of the AWS credentials. @throws errors of the AWS SDK. */
export async function ownImagesRepository(): Promise<string> {
  const sts = new STSClient({});
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  const region = await sts.config.region();
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${Account}.dkr.ecr.${region}.${suffix}/${IMAGES_REPOSITORY}`;
}
