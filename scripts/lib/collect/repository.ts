import {
  BatchDeleteImageCommand,
  type ECRClient,
  type ImageDetail,
  type ImageFailure,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import pLimit from 'p-limit';
import type { StoredImage } from './images.ts';

/** docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html */
const MOST_AT_ONCE = 100;
/** Lambda allows 100 calls a second of GetFunction in a region, for everybody. */
const CONCURRENCY = 4;

export interface Repository {
  readonly client: ECRClient;
  readonly name: string;
}

/** Every manifest of a repository, with its tags. */
export async function listImages({ client, name }: Repository): Promise<StoredImage[]> {
  const images: StoredImage[] = [];
  for await (const page of paginateDescribeImages({ client }, { repositoryName: name })) {
    images.push(...(page.imageDetails ?? []).map(stored));
  }
  return images;
}

function stored(image: ImageDetail): StoredImage {
  const { imageDigest, imageTags, imagePushedAt, imageManifestMediaType, imageSizeInBytes } = image;
  if (!imageDigest) throw new Error('expected the digest of every image from ECR, got one without');
  return {
    digest: imageDigest,
    tags: imageTags ?? [],
    pushed: imagePushedAt,
    mediaType: imageManifestMediaType,
    subject: image.subjectManifestDigest,
    bytes: imageSizeInBytes ?? 0,
  };
}

/** One version of a function, or what it has at `$LATEST`. */
export interface Target {
  readonly functionName: string;
  readonly version: string | undefined;
}

/**
 * The images that functions have: the digest that Lambda runs, and the tag or digest that they were given.
 *
 * @throws Error if Lambda does not say which image it is.
 */
export async function imagesOf(lambda: LambdaClient, targets: readonly Target[]): Promise<Set<string>> {
  const limit = pLimit(CONCURRENCY);
  const used = await Promise.all(targets.map((target) => limit(() => imageOf(lambda, target))));
  return new Set(used.flat());
}

async function imageOf(lambda: LambdaClient, { functionName, version }: Target): Promise<string[]> {
  const { Code, Configuration } = await lambda.send(
    new GetFunctionCommand({ FunctionName: functionName, ...(version ? { Qualifier: version } : {}) }),
  );
  if (Configuration?.PackageType === 'Zip') return [];
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(Code?.ResolvedImageUri ?? '')?.[1];
  if (digest === undefined) {
    throw new Error(
      `${functionName}:${version ?? '$LATEST'}: expected the digest of its image, got ${Code?.ResolvedImageUri ?? 'nothing'}`,
    );
  }
  const tag = /:([\w.-]+)$/.exec(Code?.ImageUri?.split('@')[0] ?? '')?.[1];
  return tag === undefined ? [digest] : [digest, tag];
}

/**
 * Images that are gone already count as deleted: two collections may run at once.
 *
 * @throws Error that names the first image that ECR did not delete, after all others were.
 */
export async function deleteImages({ client, name }: Repository, digests: readonly string[]): Promise<void> {
  const refused: ImageFailure[] = [];
  for (let start = 0; start < digests.length; start += MOST_AT_ONCE) {
    const imageIds = digests.slice(start, start + MOST_AT_ONCE).map((imageDigest) => ({ imageDigest }));
    const { failures = [] } = await client.send(
      new BatchDeleteImageCommand({ repositoryName: name, imageIds }),
    );
    refused.push(...failures.filter(({ failureCode }) => failureCode !== 'ImageNotFound'));
  }
  const [failure] = refused;
  if (failure === undefined) return;
  const { imageId, failureCode, failureReason } = failure;
  throw new Error(
    `${name}: ${imageId?.imageDigest} was not deleted: ${failureCode}: ${failureReason ?? 'no reason given'}`,
  );
}
