import { writeFile } from 'node:fs/promises';
import { REPOSITORY } from '../paths.ts';
import { passThrough } from '../system/pass-through.ts';
import { whyFailed } from './failed-tests.ts';
import type { GithubFiles } from './github-files.ts';
import type { PlannedCommand } from './plan.ts';

export type Outcome = 'passed' | 'failed' | 'left out' | 'cannot run';

export interface Ran {
  readonly planned: PlannedCommand;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Of a failed command: its failed tests, or its last lines. */
  readonly why?: string;
}

/**
 * Runs commands one after the other, in the shell that GitHub uses. A command that fails ends its job, as on GitHub.
 *
 * @param options.keepGoing goes on with the next job after a failure.
 * @param options.stop starts no further command once it is aborted.
 * @returns what ran or was left out, without what a failure prevented.
 */
export async function runCommands(
  commands: readonly PlannedCommand[],
  files: GithubFiles,
  { keepGoing, stop }: { readonly keepGoing: boolean; readonly stop?: AbortSignal },
): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  const failedJobs = new Set<string>();
  for (const planned of commands) {
    if (failedJobs.has(planned.job)) continue;
    if (stop?.aborted) break;
    const result = await runOne(planned, files);
    ran.push(result);
    if (result.outcome !== 'failed') continue;
    if (!keepGoing) break;
    failedJobs.add(planned.job);
  }
  return ran;
}

async function runOne(planned: PlannedCommand, files: GithubFiles): Promise<Ran> {
  const { job, command, environment, verdict } = planned;
  if (verdict.kind === 'leave out') return { planned, outcome: 'left out', seconds: 0 };
  if (verdict.kind === 'cannot run') return { planned, outcome: 'cannot run', seconds: 0 };
  console.log(`\n== ${job}: ${command}`);
  const start = performance.now();
  await writeFile(files.failedTests, '');
  const { code, lastOutput } = await passThrough('bash', ['-eo', 'pipefail', '-c', command], {
    cwd: REPOSITORY,
    env: {
      ...process.env,
      ...(await files.environment()),
      // Tests that find no program to run are skipped without it, and fail with it.
      CI: verdict.kind === 'run' ? 'true' : '',
      ...environment,
    },
  });
  const seconds = (performance.now() - start) / 1000;
  if (code === 0) return { planned, outcome: 'passed', seconds };
  return { planned, outcome: 'failed', seconds, why: await whyFailed(files.failedTests, lastOutput) };
}
