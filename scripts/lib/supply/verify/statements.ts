import { z } from 'zod';
import type { ImageReference } from '../reference.ts';
import type { Login } from '../registry/login.ts';
import { runTool } from '../tools.ts';
import { type Trust, verifyOptions } from '../trust.ts';

const envelopeSchema = z.object({ payload: z.string() });

const statementSchema = z.object({
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })),
  predicate: z.unknown(),
});

/** What the signer states about one or more images. */
export type Statement = z.output<typeof statementSchema>;

/**
 * The statements of a type about an image that the trusted signer has signed.
 *
 * @throws Error if there are none.
 */
export async function readStatements(
  { image }: ImageReference,
  type: string,
  { trust, commit }: { readonly trust: Trust; readonly commit: string },
  { env }: Login,
): Promise<readonly Statement[]> {
  const options = ['--type', type, ...verifyOptions(trust, commit)];
  const output = await runTool('cosign', ['verify-attestation', ...options, image], env);
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const { payload } = envelopeSchema.parse(JSON.parse(line));
      return statementSchema.parse(JSON.parse(Buffer.from(payload, 'base64').toString()));
    });
}

/** Whether a statement is about this image. cosign has checked it too. */
export const isAbout = ({ subject }: Statement, { digest }: Pick<ImageReference, 'digest'>): boolean =>
  subject.some((each) => each.digest['sha256'] === digest.replace('sha256:', ''));
