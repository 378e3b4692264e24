import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { run } from '../system/run.ts';
import type { Predicate } from './sign.ts';
import { PUBLISHER } from './trust.ts';

/** slsa.dev/spec/v1.0/provenance */
export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1';
/** github.com/slsa-framework/github-actions-buildtypes, workflow/v1 */
export const BUILD_TYPE = 'https://actions.github.io/buildtypes/workflow/v1';

const buildSchema = z.object({
  buildDefinition: z.object({
    buildType: z.string(),
    externalParameters: z.object({
      workflow: z.object({ ref: z.string(), repository: z.string(), path: z.string() }),
    }),
    internalParameters: z
      .object({
        github: z.object({
          event_name: z.string(),
          repository_id: z.string(),
          repository_owner_id: z.string(),
          runner_environment: z.string(),
        }),
      })
      .optional(),
    resolvedDependencies: z
      .array(z.object({ uri: z.string(), digest: z.object({ gitCommit: z.string() }) }))
      .nonempty(),
  }),
  runDetails: z.object({
    builder: z.object({ id: z.string() }),
    metadata: z.object({ invocationId: z.string() }).optional(),
  }),
});

/** The predicate that GitHub's `actions/attest` writes: github.com/actions/toolkit, packages/attest/src/provenance.ts. */
export type Provenance = z.output<typeof buildSchema>;

export const provenanceSchema = buildSchema;

const environmentSchema = z.object({
  GITHUB_SERVER_URL: z.url(),
  GITHUB_REPOSITORY: z.string(),
  GITHUB_REPOSITORY_ID: z.string(),
  GITHUB_REPOSITORY_OWNER_ID: z.string(),
  GITHUB_REF: z.string(),
  GITHUB_SHA: z.string(),
  GITHUB_WORKFLOW_REF: z.string(),
  GITHUB_EVENT_NAME: z.string(),
  GITHUB_RUN_ID: z.string(),
  GITHUB_RUN_ATTEMPT: z.string(),
  RUNNER_ENVIRONMENT: z.string(),
});

/**
 * The provenance of what this workflow builds or, elsewhere, of what this checkout builds.
 *
 * @param repository `OWNER/NAME` on GitHub, for a checkout. @default it has no repository on GitHub
 * @throws Error if a variable of GitHub is missing.
 */
export async function readProvenance(
  repository?: string,
  env = process.env,
): Promise<Predicate & { readonly content: Provenance }> {
  const content = env['GITHUB_ACTIONS'] === 'true' ? ofWorkflow(env) : await ofCheckout(repository);
  return { type: PROVENANCE_TYPE, content };
}

/** The hash of the commit that something was built from. */
export const commitOf = ({ buildDefinition }: Provenance): string | undefined =>
  buildDefinition.resolvedDependencies[0]?.digest.gitCommit;

function ofWorkflow(env: NodeJS.ProcessEnv): Provenance {
  const github = environmentSchema.parse(env);
  const repository = `${github.GITHUB_SERVER_URL}/${github.GITHUB_REPOSITORY}`;
  const [path = ''] = github.GITHUB_WORKFLOW_REF.replace(`${github.GITHUB_REPOSITORY}/`, '').split('@');
  return provenance({
    repository,
    ref: github.GITHUB_REF,
    commit: github.GITHUB_SHA,
    path,
    github: {
      event_name: github.GITHUB_EVENT_NAME,
      repository_id: github.GITHUB_REPOSITORY_ID,
      repository_owner_id: github.GITHUB_REPOSITORY_OWNER_ID,
      runner_environment: github.RUNNER_ENVIRONMENT,
    },
    // A workflow that another one of its repository calls runs at the same ref. The certificate proves the identity;
    // this only names it.
    builder: `${repository}/${PUBLISHER}@${github.GITHUB_REF}`,
    invocation: `${repository}/actions/runs/${github.GITHUB_RUN_ID}/attempts/${github.GITHUB_RUN_ATTEMPT}`,
  });
}

async function ofCheckout(name: string | undefined): Promise<Provenance> {
  const commit = await run('git', ['rev-parse', 'HEAD']);
  const branch = await run('git', ['rev-parse', '--symbolic-full-name', 'HEAD']);
  return provenance({
    repository: name ? `https://github.com/${name}` : 'file:.',
    ref: branch,
    commit,
    path: '',
    builder: 'urn:resnet50:checkout',
    invocation: `urn:uuid:${randomUUID()}`,
  });
}

interface Build {
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  readonly path: string;
  readonly github?: NonNullable<Provenance['buildDefinition']['internalParameters']>['github'];
  readonly builder: string;
  readonly invocation: string;
}

const provenance = ({ repository, ref, commit, path, github, builder, invocation }: Build): Provenance => ({
  buildDefinition: {
    buildType: BUILD_TYPE,
    externalParameters: { workflow: { ref, repository, path } },
    ...(github ? { internalParameters: { github } } : {}),
    resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
  },
  runDetails: { builder: { id: builder }, metadata: { invocationId: invocation } },
});
