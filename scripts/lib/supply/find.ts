import { type Architecture, commitTag } from './architecture.ts';
import { hostOf } from './reference.ts';
import type { AwsCredentials } from './registry/ecr.ts';
import { logIn } from './registry/login.ts';
import { digestOf } from './registry/read.ts';

export interface Published {
  /** `HOST/NAME`, such as `ACCOUNT.dkr.ecr.REGION.amazonaws.com/resnet50-images`. */
  readonly repository: string;
  /** The full hash of a commit on main. */
  readonly commit: string;
  readonly architecture: Architecture;
  /** @default those that the AWS SDK finds */
  readonly credentials?: AwsCredentials;
}

/**
 * The image that publish-image.yml published for a commit. Its tag comes last, so the image is complete; whether it can be
 * trusted, only verifyImage tells.
 *
 * @throws Error in one line if there is none.
 */
export async function findPublished(published: Published) {
  const { repository, commit, architecture } = published;
  const digest = await publishedDigest(published);
  if (digest === undefined) {
    const tag = commitTag(commit, architecture);
    throw new Error(
      `${repository}: expected the tag ${tag}, got none. main.yml publishes the image of a commit after all checks. See docs/troubleshooting.md#no-image-of-the-commit`,
    );
  }
  return { image: `${repository}@${digest}`, digest };
}

/** @returns undefined if no image of the commit is published. */
export async function publishedDigest(published: Published): Promise<string | undefined> {
  const { repository, commit, architecture, credentials } = published;
  using login = await logIn(hostOf(repository), credentials);
  return digestOf(repository, commitTag(commit, architecture), login);
}
