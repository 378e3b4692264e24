import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { readImage } from '../../../lib/image-reference.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { commitOfTag } from '../supply/architecture.ts';

/** What a stage runs. */
export interface Running {
  readonly version: string;
  /** `HOST/REPOSITORY@sha256:HEX` */
  readonly image: string;
  readonly digest: string;
  /** Of a published image. Undefined for one that the CDK built, or if the registry may not be read. */
  readonly commit: string | undefined;
  /** When the version was published. ISO 8601. */
  readonly published: string;
}

/**
 * What the alias of a stage runs.
 *
 * @param ecrOf a client for a region.
 * @throws Error if Lambda does not name the image by its digest; errors of the AWS SDK.
 */
export async function findRunning(
  lambda: LambdaClient,
  ecrOf: (region: string) => ECRClient,
  { functionName, alias }: Pick<StackOutputs, 'functionName' | 'alias'>,
): Promise<Running> {
  const { Configuration, Code } = await lambda.send(
    new GetFunctionCommand({ FunctionName: functionName, Qualifier: alias }),
  );
  const image = Code?.ResolvedImageUri ?? '';
  const digest = image.split('@')[1];
  if (digest === undefined) {
    throw new Error(`${functionName}:${alias}: expected the digest of its image, got ${image || 'nothing'}`);
  }
  return {
    version: Configuration?.Version ?? 'unknown',
    image,
    digest,
    commit: await commitOf(ecrOf, image).catch(() => undefined),
    published: Configuration?.LastModified ?? 'unknown',
  };
}

/** The commit in the tag of a published image: main.yml sets the tag, and it never moves. */
async function commitOf(ecrOf: (region: string) => ECRClient, image: string): Promise<string | undefined> {
  const { account, region, repository, digest } = readImage(image) ?? {};
  if (region === undefined) return undefined;
  const { imageDetails } = await ecrOf(region).send(
    new DescribeImagesCommand({
      registryId: account,
      repositoryName: repository,
      imageIds: [{ imageDigest: digest }],
    }),
  );
  const tags = imageDetails?.[0]?.imageTags ?? [];
  return tags.flatMap((tag) => commitOfTag(tag) ?? [])[0];
}
