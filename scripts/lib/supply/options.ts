import { choice, matching, text } from '../command/options.ts';
import { UsageError } from '../command/usage-error.ts';
import { readRepository } from '../stages/load.ts';
import { ARCHITECTURES } from './architecture.ts';
import { parseImage } from './reference.ts';
import type { Trust } from './trust.ts';

interface Given {
  readonly help: string;
  readonly required?: true;
}

const FULL_COMMIT = /^[0-9a-f]{40}$/;

/** `--commit`, the whole id: an abbreviation could mean another commit one day. */
export const commitOption = <const Of extends Given>(given: Of) =>
  matching<Of>('SHA', given, 'a commit with 40 hex digits', (value) => FULL_COMMIT.test(value));

/** `--image`, by its digest: a tag could name another image in the next moment. */
export const imageOption = <const Of extends Given>(given: Of) =>
  matching<Of>('REPOSITORY@sha256:HEX', given, 'an image by its digest, HOST/REPOSITORY@sha256:HEX', isImage);

function isImage(value: string): boolean {
  try {
    parseImage(value);
    return true;
  } catch {
    return false;
  }
}

/** Options of the commands that work on a published image. */
export const publishedImageOption = imageOption({ help: 'the image, by its digest', required: true });
export const publishedCommitOption = commitOption({ help: 'its commit: 40 hex digits', required: true });
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
