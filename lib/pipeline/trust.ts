import { WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';
import { oidcProvider } from './arns.ts';
import type { PipelineStage } from './names.ts';
import type { Repository } from './settings.ts';

/** Who issues the tokens of GitHub Actions. */
export const ISSUER = 'token.actions.githubusercontent.com';
/** The audience of the tokens that aws-actions/configure-aws-credentials requests. */
export const AUDIENCE = 'sts.amazonaws.com';

/**
 * The subject claims of a job in the stage's GitHub environment. Repositories that were created, renamed or
 * transferred after 2026-07-15, or have opted in, send the second form; the others send the first
 * (docs.github.com/actions, "OpenID Connect reference", "Immutable subject claims").
 */
export function subjects(
  { owner, ownerId, repository, repositoryId }: Repository,
  stage: PipelineStage,
): string[] {
  return [
    `repo:${owner}/${repository}:environment:${stage}`,
    `repo:${owner}@${ownerId}/${repository}@${repositoryId}:environment:${stage}`,
  ];
}

/**
 * Trusts the jobs of this repository in the stage's environment, and nobody else. The repository's id is a
 * condition of its own, so that whoever takes over the name of the repository cannot use the first form of
 * the subject. STS has supported this claim since January 2026 (AWS What's New, "AWS STS now supports
 * validation of select identity provider specific claims").
 */
export function githubPrincipal(repository: Repository, stage: PipelineStage): WebIdentityPrincipal {
  return new WebIdentityPrincipal(oidcProvider(ISSUER), {
    StringEquals: {
      [`${ISSUER}:aud`]: AUDIENCE,
      [`${ISSUER}:sub`]: subjects(repository, stage),
      [`${ISSUER}:repository_id`]: String(repository.repositoryId),
    },
  });
}
