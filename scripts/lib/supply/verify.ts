import { type NamedFinding, runChecks } from '../findings/finding.ts';
import { parseImage } from './reference.ts';
import type { AwsCredentials } from './registry/ecr.ts';
import { logIn } from './registry/login.ts';
import type { Trust } from './trust.ts';
import { checkConfig, type ExpectedConfig } from './verify/config.ts';
import { checkProvenance } from './verify/provenance.ts';
import { checkSbom } from './verify/sbom.ts';
import { checkSignature } from './verify/signature.ts';

export interface Verification extends ExpectedConfig {
  /** `HOST/REPOSITORY@sha256:HEX` */
  readonly image: string;
  readonly trust: Trust;
  /** @default those that the AWS SDK finds */
  readonly credentials?: AwsCredentials;
}

/**
 * Checks that an image may be deployed: its signature, its provenance, its SBOM, and what it says of itself. With a key,
 * this needs only the registry; otherwise Sigstore's public keys, too.
 *
 * @throws Error if the image is not given by its digest; errors of the AWS SDK, if ECR allows no login.
 */
export async function verifyImage({
  image,
  trust,
  credentials,
  ...expected
}: Verification): Promise<NamedFinding[]> {
  const reference = parseImage(image);
  using login = await logIn(reference.host, credentials);
  const signed = { trust, commit: expected.commit };
  return await runChecks([
    { name: 'image', run: () => checkConfig(reference, expected, login) },
    { name: 'signature', run: () => checkSignature(reference, signed, login) },
    { name: 'provenance', run: () => checkProvenance(reference, signed, login) },
    { name: 'SBOM', run: () => checkSbom(reference, signed, login) },
  ]);
}
