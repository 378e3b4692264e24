import { z } from 'zod';
import { type Finding, fail, ok } from '../../findings/finding.ts';
import type { ImageReference } from '../reference.ts';
import type { Login } from '../registry/login.ts';
import { SPDX_TYPE } from '../sbom/types.ts';
import { reasonOf } from '../tools.ts';
import { describeTrust, type Trust } from '../trust.ts';
import { isAbout, readStatements, type Statement } from './statements.ts';

const documentSchema = z.object({
  spdxVersion: z.literal('SPDX-2.3'),
  packages: z.array(z.unknown()).nonempty(),
});

/** Whether the trusted signer states what is in the image. */
export async function checkSbom(
  reference: ImageReference,
  expected: { readonly trust: Trust; readonly commit: string },
  login: Login,
): Promise<Finding> {
  const refuse = (reason: string) =>
    fail(
      `expected an SBOM (SPDX 2.3) of ${reference.image} by ${describeTrust(expected.trust)}, got none: ${reason}`,
      'Use an image that publish-image.yml has published.',
    );
  let statements: readonly Statement[];
  try {
    statements = await readStatements(reference, SPDX_TYPE, expected, login);
  } catch (error) {
    return refuse(reasonOf(error));
  }
  const documents = statements
    .filter((statement) => isAbout(statement, reference))
    .map(({ predicate }) => documentSchema.safeParse(predicate).data)
    .filter((document) => document !== undefined);
  const [document] = documents;
  return document ? ok(`${document.packages.length} packages`) : refuse('the document lists no packages');
}
