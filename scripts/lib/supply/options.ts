import { choice, text } from '../command/options.ts';
import { UsageError } from '../command/usage-error.ts';
import { readRepository } from '../stages/load.ts';
import { ARCHITECTURES } from './architecture.ts';
import { parseImage } from './reference.ts';
import type { Trust } from './trust.ts';

/** Options of the commands that work on a published image. */
export const imageOption = text('REPOSITORY@sha256:HEX', {
  help: 'the image, by its digest',
  required: true,
});
export const commitOption = text('SHA', { help: 'the full hash of its commit', required: true });
export const keyOption = text('FILE', {
  help: 'a private key of cosign instead of the identity of the workflow; its password is in COSIGN_PASSWORD',
});
export const architectureOption = choice(ARCHITECTURES, { help: 'its architecture', required: true });

export const trustOptions = {
  key: text('FILE', { help: 'trusts the public key of cosign in this file' }),
  signer: text('OWNER/NAME', {
    help: 'trusts publish-image.yml on main of this repository on GitHub (default: the one of the pipeline in cdk.json)',
  }),
};

/** @throws UsageError unless the image is given by its digest. */
export function checkImageOption(image: string): void {
  try {
    parseImage(image);
  } catch (error) {
    throw new UsageError(`--image: ${error instanceof Error ? error.message : error}`);
  }
}

/** @throws UsageError unless it is a full hash of Git. */
export function checkCommitOption(commit: string): void {
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw new UsageError(`--commit: expected a full hash, 40 hexadecimal digits, got ${commit}`);
  }
}

/** @throws UsageError if the options name nobody, or two. */
export async function readTrust(given: {
  readonly key?: string | undefined;
  readonly signer?: string | undefined;
}): Promise<Trust> {
  const { key, signer } = given;
  if (key !== undefined && signer !== undefined) {
    throw new UsageError('--key: expected it without --signer, got both');
  }
  const repository = signer ?? (await readRepository());
  if (key !== undefined) return { key, repository };
  if (repository === undefined) {
    throw new UsageError('--signer: expected it, --key or a pipeline in cdk.json, got none of them');
  }
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new UsageError(`--signer: expected OWNER/NAME, got ${repository}`);
  }
  return { signer: repository };
}
