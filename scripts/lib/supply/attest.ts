import { REVISION } from './labels.ts';
import { commitOf, readProvenance } from './provenance.ts';
import { parseImage } from './reference.ts';
import { logIn } from './registry/login.ts';
import { readConfig } from './registry/read.ts';
import { SPDX_TYPE } from './sbom/types.ts';
import { attestImage } from './sign.ts';

export interface Attestation {
  /** `HOST/REPOSITORY@sha256:HEX` */
  readonly image: string;
  /** The content of an SPDX document. */
  readonly spdx: unknown;
  /** `OWNER/NAME` on GitHub, of what this checkout builds. */
  readonly repository?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Signs how an image was built, and what is in it.
 *
 * @throws Error if the image was built from a commit other than the one that this workflow or checkout has.
 */
export async function attestBuild({ image, spdx, repository, key }: Attestation): Promise<void> {
  const provenance = await readProvenance(repository);
  const commit = commitOf(provenance.content);
  using login = await logIn(parseImage(image).host);
  const { labels } = await readConfig(image, login);
  if (labels[REVISION] !== commit) {
    throw new Error(
      `${image}: expected an image of commit ${commit}, got one of ${labels[REVISION] ?? 'none'}`,
    );
  }
  await attestImage(image, [provenance, { type: SPDX_TYPE, content: spdx }], key);
}
