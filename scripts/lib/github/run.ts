/** The run of a workflow that a command is part of. */
export interface WorkflowRun {
  /** Who started it: a login. After a re-run, who re-ran it. */
  readonly actor: string;
  readonly url: string;
}

/** Whether this is a step of a workflow: GitHub sets GITHUB_ACTIONS to `true` in all of them. */
export const isOnGitHub = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  environment['GITHUB_ACTIONS'] === 'true';

/**
 * The run that this is a step of, from the variables that GitHub sets in every step: docs.github.com, "Variables
 * reference", "Default environment variables".
 *
 * @returns undefined elsewhere.
 */
export function workflowRun(environment: NodeJS.ProcessEnv = process.env): WorkflowRun | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = environment;
  if (!isOnGitHub(environment) || !server || !repository || !id) return undefined;
  const attempt = environment['GITHUB_RUN_ATTEMPT'] ?? '1';
  return {
    actor: environment['GITHUB_TRIGGERING_ACTOR'] ?? environment['GITHUB_ACTOR'] ?? 'unknown',
    url: `${server}/${repository}/actions/runs/${id}/attempts/${attempt}`,
  };
}
