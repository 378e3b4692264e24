import { type NamedFinding, runChecks } from '../findings/finding.ts';
import { parseImage } from './reference.ts';
import type { AwsCredentials } from './registry/ecr.ts';
import { logIn } from './registry/login.ts';
import { runTool } from './tools.ts';
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
 * Everything that is signed about an image, for those who cannot reach its registry: Sigstore bundles, one a line, as
 * `gh attestation download` writes them. What they prove, only {@link verifyImage} checks.
 */
export async function readBundles(image: string, credentials?: AwsCredentials): Promise<string> {
  using login = await logIn(parseImage(image).host, credentials);
  return `${await runTool('cosign', ['download', 'attestation', image], login.env)}\n`;
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
