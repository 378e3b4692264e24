import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Finding, fail, ok } from '../findings/finding.ts';
import { type GitHubApi, readGitHub, UnavailableError } from './api.ts';

/** The workflow that must have passed, and the branch that it runs on. */
const WORKFLOW = 'main.yml';
const BRANCH = 'main';

/** docs.github.com/rest/actions/workflow-runs, "List workflow runs for a workflow". The newest is the first. */
const runsSchema = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.int(),
      head_sha: z.string(),
      head_branch: z.string().nullable(),
      event: z.string(),
      status: z.string().nullable(),
      conclusion: z.string().nullable(),
      html_url: z.string(),
    }),
  ),
});
type Run = z.output<typeof runsSchema>['workflow_runs'][number];

/** docs.github.com/rest/git/refs, "Get a reference". */
const refSchema = z.object({ object: z.object({ sha: z.string() }) });
/** docs.github.com/rest/commits/commits, "Compare two commits". */
const comparisonSchema = z.object({ status: z.enum(['ahead', 'behind', 'diverged', 'identical']) });

export interface Green {
  readonly finding: Finding;
  /** The id of the run that passed. */
  readonly run: string | undefined;
}

/**
 * Whether all checks passed for exactly this commit, after it was pushed to `main`. A run by hand, of a pull request
 * or of another branch with the same commit does not count. A run of a tag that is called main looks the same, with the
 * workflow as the commit has it; so the commit must be one of the branch, too.
 *
 * @param commit 40 hex digits.
 * @param waitMinutes how long to wait for a run that has not ended, and for GitHub if it gives no answer.
 * @param pauseMs milliseconds between two looks.
 */
export async function checkGreen(
  api: GitHubApi,
  commit: string,
  waitMinutes = 0,
  pauseMs = 30_000,
): Promise<Green> {
  const end = performance.now() + waitMinutes * 60_000;
  for (;;) {
    const isLast = performance.now() >= end;
    const { run, green } = await look(api, commit).catch((error: unknown) => {
      if (isLast || !(error instanceof UnavailableError)) throw error;
      return { run: undefined, green: undefined };
    });
    if (green !== undefined) return green;
    if (isLast) {
      return { finding: run === undefined ? neverRan(commit) : running(run, waitMinutes), run: undefined };
    }
    await sleep(pauseMs);
  }
}

/** @returns no `green` while the run has not ended. */
async function look(api: GitHubApi, commit: string): Promise<{ run: Run | undefined; green?: Green }> {
  const run = await newestRun(api, commit);
  if (run?.status !== 'completed') return { run };
  const isMerged = await isOnMain(api, commit);
  return { run, green: isMerged ? judge(run) : { finding: elsewhere(commit), run: undefined } };
}

async function newestRun(api: GitHubApi, commit: string): Promise<Run | undefined> {
  const query = { head_sha: commit, branch: BRANCH, event: 'push', per_page: '10' };
  const { workflow_runs: runs } = await readGitHub(
    api,
    `actions/workflows/${WORKFLOW}/runs`,
    query,
    runsSchema,
  );
  // The filters are GitHub's; what is deployed must not depend on how it reads them.
  return runs.find(
    ({ head_sha, head_branch, event }) => head_sha === commit && head_branch === BRANCH && event === 'push',
  );
}

async function isOnMain(api: GitHubApi, commit: string): Promise<boolean> {
  const { object: head } = await readGitHub(api, `git/ref/heads/${BRANCH}`, {}, refSchema);
  const range = `${head.sha}...${commit}`;
  const { status } = await readGitHub(api, `compare/${range}`, { per_page: '1' }, comparisonSchema);
  return status === 'behind' || status === 'identical';
}

function judge({ id, conclusion, html_url: url, head_sha: commit }: Run): Green {
  if (conclusion === 'success') {
    return { finding: ok(`${WORKFLOW} passed for ${commit}: ${url}`), run: String(id) };
  }
  const found = `${WORKFLOW} for ${commit}: expected success, got ${conclusion ?? 'no conclusion'}: ${url}`;
  const advice = 'Run its failed jobs again, or deploy a commit that passed.';
  return { finding: fail(found, advice), run: undefined };
}

const elsewhere = (commit: string): Finding =>
  fail(
    `expected a commit of the branch ${BRANCH}, got ${commit}`,
    `Merge it. If a tag is called ${BRANCH}, find out who made it, and delete it.`,
  );

const neverRan = (commit: string): Finding =>
  fail(
    `${WORKFLOW} has not run for ${commit} on ${BRANCH}`,
    `Merge the commit into ${BRANCH}. Only the last commit of a push gets a run: choose that one.`,
  );

const running = ({ status, html_url: url, head_sha: commit }: Run, waited: number): Finding =>
  fail(
    `${WORKFLOW} for ${commit} has not ended${waited > 0 ? ` within ${waited} minutes` : ''}: it is ${status ?? 'unknown'}: ${url}`,
    'Wait until it has passed, then run this again. --wait MINUTES waits here.',
  );
