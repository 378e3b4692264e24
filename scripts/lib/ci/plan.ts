import { UsageError } from '../command/usage-error.ts';
import { missingTools } from './tools.ts';
import type { ActionStep, CommandStep, Job } from './workflow.ts';

/** What becomes of a line of a workflow on this machine. */
export type Verdict =
  | { readonly kind: 'run' }
  /** Runs, but its tests skip what has no program to run. */
  | { readonly kind: 'run in part'; readonly missing: readonly string[] }
  | { readonly kind: 'cannot run'; readonly missing: readonly string[] }
  /** Not needed here, or not possible. */
  | { readonly kind: 'leave out'; readonly why: string };

export interface PlannedCommand {
  readonly job: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly verdict: Verdict;
}

export interface Selection {
  /** The names of the jobs to run. @default all */
  readonly only?: readonly string[] | undefined;
  /** The names of jobs to leave out. */
  readonly except?: readonly string[] | undefined;
}

/**
 * The commands of the selected jobs, in the order of the workflow.
 *
 * @param path PATH, to look for programs in.
 * @throws UsageError for a job that the workflow does not have.
 */
export function plan(jobs: readonly Job[], selection: Selection, path: string): readonly PlannedCommand[] {
  const jobOf = new Map<string, string>();
  return select(jobs, selection).flatMap(({ name: job, steps }) =>
    steps.flatMap((step): readonly PlannedCommand[] => {
      if (step.kind === 'action') return [actionOf(job, step)];
      const { environment } = step;
      return linesOf(step).map((command) => {
        const id = JSON.stringify([command, environment]);
        const before = jobOf.get(id);
        jobOf.set(id, before ?? job);
        return { job, command, environment, verdict: judge(command, before, path) };
      });
    }),
  );
}

function select(jobs: readonly Job[], { only, except = [] }: Selection): readonly Job[] {
  const names = jobs.map(({ name }) => name);
  const unknown = [...(only ?? []), ...except].find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`Expected a job of ${names.join(', ')}, got ${unknown}`);
  return jobs.filter(({ name }) => (only ?? names).includes(name) && !except.includes(name));
}

/** Without the commit that the action is pinned to. */
const actionOf = (job: string, { uses }: ActionStep): PlannedCommand => ({
  job,
  command: `uses ${uses.split('@')[0]}`,
  environment: {},
  verdict: leaveOut('only on GitHub'),
});

/** A backslash at the end of a line joins it with the next one, as in a shell. */
const linesOf = ({ script }: CommandStep): readonly string[] =>
  script
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');

/** @param before the job that has the same command, if one comes before. */
function judge(command: string, before: string | undefined, path: string): Verdict {
  if (command === 'npm ci') return leaveOut('done before npm run ci');
  if (command.startsWith('sudo ')) return leaveOut('prepares a machine of GitHub');
  if (command.includes('${{')) return leaveOut('has values that only GitHub knows');
  if (before !== undefined) return leaveOut(`ran in ${before}`);
  const { required, ofSomeTests } = missingTools(command, path);
  if (required.length > 0) return { kind: 'cannot run', missing: required };
  if (ofSomeTests.length > 0) return { kind: 'run in part', missing: ofSomeTests };
  return { kind: 'run' };
}

const leaveOut = (why: string): Verdict => ({ kind: 'leave out', why });
