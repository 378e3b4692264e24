import { z } from 'zod';
import { type Finding, fail, ok } from '../../findings/finding.ts';
import type { ImageReference } from '../reference.ts';
import type { Login } from '../registry/login.ts';
import { reasonOf, runTool } from '../tools.ts';
import { describeTrust, type Trust, verifyOptions } from '../trust.ts';

/** The type of a statement that is a signature only. cosign verifies the other ones of an image with it. */
const SIGNATURE_TYPE = 'https://sigstore.dev/cosign/sign/v1';

const signaturesSchema = z.array(
  z.object({
    critical: z.object({
      image: z.object({ 'docker-manifest-digest': z.string() }),
      type: z.string(),
    }),
  }),
);

/** Whether the trusted signer has signed the image. */
export async function checkSignature(
  { image, digest }: ImageReference,
  { trust, commit }: { readonly trust: Trust; readonly commit: string },
  { env }: Login,
): Promise<Finding> {
  const signer = describeTrust(trust);
  const refuse = (reason: string) =>
    fail(
      `expected a signature of ${image} by ${signer}, got none: ${reason}`,
      'Use an image that publish-image.yml has signed: docs/troubleshooting.md#image-verification-fails.',
    );
  let output: string;
  try {
    output = await runTool('cosign', ['verify', ...verifyOptions(trust, commit), image], env);
  } catch (error) {
    return refuse(reasonOf(error));
  }
  const signatures = signaturesSchema
    .parse(JSON.parse(output))
    .filter(
      ({ critical }) =>
        critical.type === SIGNATURE_TYPE && critical.image['docker-manifest-digest'] === digest,
    );
  return signatures.length > 0 ? ok(`signed by ${signer}`) : refuse('only other statements are signed');
}
