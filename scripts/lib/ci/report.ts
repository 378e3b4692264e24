import { alignColumns } from '../command/columns.ts';
import type { PlannedCommand, Verdict } from './plan.ts';
import type { Ran } from './run-commands.ts';

/** The jobs and their commands, with what is left out and why. */
export const formatPlan = (commands: readonly PlannedCommand[]): string =>
  alignColumns(commands.map(({ job, command, verdict }) => [job, command, explain(verdict)]));

/** A line for each tool that this machine lacks, with the commands that need it. */
export function formatMissing(commands: readonly PlannedCommand[]): string {
  const needs = new Map<string, string[]>();
  for (const { command, verdict } of commands) {
    if (verdict.kind !== 'cannot run' && verdict.kind !== 'run in part') continue;
    const consequence = verdict.kind === 'cannot run' ? 'cannot run' : 'skips tests';
    for (const tool of verdict.missing)
      needs.set(tool, [...(needs.get(tool) ?? []), `${command} ${consequence}`]);
  }
  return [...needs]
    .map(([tool, consequences]) => `missing ${tool.replaceAll('|', ' or ')}: ${consequences.join(', ')}`)
    .join('\n');
}

/** What each command did and how long it took, without what was left out. */
export const formatResults = (ran: readonly Ran[]): string =>
  alignColumns(
    ran
      .filter(({ outcome }) => outcome !== 'left out')
      .map(({ planned: { job, command }, outcome, seconds }) => [
        outcome,
        `${Math.round(seconds)} s`.padStart(6),
        job,
        command,
      ]),
  );

/** Why each failed command failed, with a heading for each. Empty if none failed. */
export const formatFailures = (ran: readonly Ran[]): string =>
  ran
    .filter(({ outcome }) => outcome === 'failed')
    .map(
      ({ planned: { job, command }, why }) =>
        `\n== failed: ${job}: ${command}\n${why || 'See its output above.'}`,
    )
    .join('\n');

function explain(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'run':
      return '';
    case 'run in part':
      return `skips tests that need ${verdict.missing.join(', ')}`;
    case 'cannot run':
      return `cannot run without ${verdict.missing.join(', ')}`;
    case 'leave out':
      return `left out: ${verdict.why}`;
  }
}
