import { WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { oidcProvider } from './arns.ts';
import type { Repository } from './settings.ts';

/** Who issues the tokens of GitHub Actions. */
export const ISSUER = 'token.actions.githubusercontent.com';
/** The audience of the tokens that aws-actions/configure-aws-credentials requests. */
export const AUDIENCE = 'sts.amazonaws.com';

/**
 * The subject claims of a job in a GitHub environment, also of a job in a reusable workflow. Repositories that
 * were created, renamed or transferred after 2026-07-15, or have opted in, send the second form; the others
 * send the first (docs.github.com/actions, "OpenID Connect reference", "Immutable subject claims").
 */
export function subjects(
  { owner, ownerId, repository, repositoryId }: Repository,
  environment: string,
): string[] {
  return [
    `repo:${owner}/${repository}:environment:${environment}`,
    `repo:${owner}@${ownerId}/${repository}@${repositoryId}:environment:${environment}`,
  ];
}

/** The only branch whose workflows get a role. */
export const MAIN = 'refs/heads/main';
/** The tags of releases, which deploy. */
export const RELEASES = 'refs/tags/v*';

export interface TrustedJobs {
  /** The GitHub environment that they are in. */
  readonly environment: string;
  /** The branches and tags that their runs may be of; `*` stands for any characters. */
  readonly refs: readonly string[];
  /** The file of the only reusable workflow whose jobs are trusted, as it is on the branch main. @default any */
  readonly workflow?: string;
}

/**
 * Trusts these jobs of this repository, and nobody else. The repository's id is a condition of its own, so that
 * whoever takes over the name of the repository cannot use the first form of the subject. So is the branch or tag:
 * GitHub limits an environment to branches only if somebody has set that up. STS has supported these claims since
 * January 2026 (AWS What's New, "AWS STS now supports validation of select identity provider specific claims").
 */
export function githubPrincipal(
  repository: Repository,
  { environment, refs, workflow }: TrustedJobs,
): WebIdentityPrincipal {
  return new WebIdentityPrincipal(oidcProvider(ISSUER), {
    StringEquals: {
      [`${ISSUER}:aud`]: AUDIENCE,
      [`${ISSUER}:sub`]: subjects(repository, environment),
      [`${ISSUER}:repository_id`]: String(repository.repositoryId),
      // Names the called workflow only: a run of any branch may call the one on main.
      ...(workflow === undefined
        ? {}
        : {
            [`${ISSUER}:job_workflow_ref`]: `${repository.owner}/${repository.repository}/.github/workflows/${workflow}@${MAIN}`,
          }),
    },
    StringLike: { [`${ISSUER}:ref`]: refs },
  });
}
