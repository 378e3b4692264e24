import { type Finding, fail, ok } from '../../findings/finding.ts';
import { BUILD_TYPE, commitOf, PROVENANCE_TYPE, provenanceSchema } from '../provenance.ts';
import type { ImageReference } from '../reference.ts';
import type { Login } from '../registry/login.ts';
import { reasonOf } from '../tools.ts';
import { describeTrust, PUBLISHED_REF, publisherOf, type Trust } from '../trust.ts';
import { isAbout, readStatements, type Statement } from './statements.ts';

const ADVICE =
  'Use the image that publish-image.yml has built from the commit: docs/troubleshooting.md#image-verification-fails.';

/** Whether the trusted signer states that the image was built from the commit, and by the publisher. */
export async function checkProvenance(
  reference: ImageReference,
  expected: { readonly trust: Trust; readonly commit: string },
  login: Login,
): Promise<Finding> {
  let statements: readonly Statement[];
  try {
    statements = await readStatements(reference, PROVENANCE_TYPE, expected, login);
  } catch (error) {
    const signer = describeTrust(expected.trust);
    return fail(
      `expected provenance of ${reference.image} by ${signer}, got none: ${reasonOf(error)}`,
      ADVICE,
    );
  }
  const differences = statements.map((statement) => differenceOf(statement, reference, expected));
  // Attested again after a retry, an image has several.
  if (differences.includes(undefined)) return ok(`built from commit ${expected.commit}`);
  return fail(
    `provenance of ${reference.image}: ${differences[0] ?? 'expected a statement, got none'}`,
    ADVICE,
  );
}

/** @returns undefined if the statement is what is expected. */
function differenceOf(
  statement: Statement,
  reference: ImageReference,
  { trust, commit }: { readonly trust: Trust; readonly commit: string },
): string | undefined {
  if (!isAbout(statement, reference)) return 'expected a statement about this image, got one about another';
  const parsed = provenanceSchema.safeParse(statement.predicate);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `expected SLSA v1 of GitHub, got something else at ${issue?.path.join('.')}: ${issue?.message}`;
  }
  const { buildDefinition, runDetails } = parsed.data;
  const { workflow } = buildDefinition.externalParameters;
  const repository = 'key' in trust ? trust.repository : trust.signer;
  const isPublished = 'signer' in trust;
  const fields: readonly (readonly [name: string, expected: string | undefined, got: string | undefined])[] =
    [
      ['commit', commit, commitOf(parsed.data)],
      ['build type', BUILD_TYPE, buildDefinition.buildType],
      ['repository', repository && `https://github.com/${repository}`, workflow.repository],
      ['ref', isPublished ? PUBLISHED_REF : undefined, workflow.ref],
      ['builder', isPublished ? publisherOf(trust.signer) : undefined, runDetails.builder.id],
    ];
  const wrong = fields.find(([, wanted, got]) => wanted !== undefined && wanted !== got);
  return wrong && `expected ${wrong[0]} ${wrong[1]}, got ${wrong[2]}`;
}
