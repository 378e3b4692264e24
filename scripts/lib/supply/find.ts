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
export async function findPublished({ repository, commit, architecture, credentials }: Published) {
  using login = await logIn(hostOf(repository), credentials);
  const tag = commitTag(commit, architecture);
  const digest = await digestOf(repository, tag, login);
  if (!digest) {
    throw new Error(
      `${repository}: expected the tag ${tag}, got none. main.yml publishes the image of a commit after all checks.`,
    );
  }
  return { image: `${repository}@${digest}`, digest };
}
