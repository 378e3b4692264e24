import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { createGithubFiles } from '../../../../scripts/lib/ci/github-files.ts';
import type { PlannedCommand } from '../../../../scripts/lib/ci/plan.ts';
import { formatFailures } from '../../../../scripts/lib/ci/report.ts';
import { runCommands } from '../../../../scripts/lib/ci/run-commands.ts';

const planned = (job: string, command: string, more: Partial<PlannedCommand> = {}): PlannedCommand => ({
  job,
  command,
  environment: {},
  verdict: { kind: 'run' },
  ...more,
});

/** Runs commands, and returns the outcome of each. */
async function outcomes(commands: readonly PlannedCommand[], keepGoing = false) {
  const files = await createGithubFiles(await mkdtemp(join(tmpdir(), 'ci-')));
  const ran = await runCommands(commands, files, { keepGoing });
  return {
    files,
    outcomes: ran.map(({ planned: { job, command }, outcome }) => `${job}: ${command}: ${outcome}`),
  };
}

const failing = [
  planned('check', 'true'),
  planned('check', 'false | true'),
  planned('check', 'echo not reached'),
  planned('image', 'true'),
];

test('stops at the first command that fails, in a pipe too', async () => {
  const { outcomes: seen } = await outcomes(failing);
  expect(seen).toEqual(['check: true: passed', 'check: false | true: failed']);
});

test('goes on with the next job if asked', async () => {
  const { outcomes: seen } = await outcomes(failing, true);
  expect(seen.at(-1)).toBe('image: true: passed');
  expect(seen).toHaveLength(3);
});

test('hands on what a command adds to PATH, and keeps the summary', async () => {
  const tools = await mkdtemp(join(tmpdir(), 'tools-'));
  const { files, outcomes: seen } = await outcomes([
    planned('test', `echo '${tools}' >> "$GITHUB_PATH"`),
    planned('test', `case ":$PATH:" in *":${tools}:"*) ;; *) false ;; esac`),
    planned('test', 'echo "## Coverage" >> "$GITHUB_STEP_SUMMARY"'),
  ]);
  expect(seen.filter((line) => !line.endsWith('passed'))).toEqual([]);
  expect(await readFile(files.summary, 'utf8')).toBe('## Coverage\n');
});

test('gives a command its variables, and CI only if it lacks no program', async () => {
  const { outcomes: seen } = await outcomes([
    planned('test', 'test "$LAYERS,$CI" = local,true', { environment: { LAYERS: 'local' } }),
    planned('test', 'test -z "$CI"', { verdict: { kind: 'run in part', missing: ['chromium'] } }),
    planned('test', 'false', { verdict: { kind: 'cannot run', missing: ['docker'] } }),
    planned('test', 'exit 1', { verdict: { kind: 'leave out', why: 'only on GitHub' } }),
  ]);
  expect(seen.map((line) => line.split(': ').at(-1))).toEqual(['passed', 'passed', 'cannot run', 'left out']);
});

describe('why a command failed', () => {
  const explain = async (command: string) => {
    const files = await createGithubFiles(await mkdtemp(join(tmpdir(), 'ci-')));
    return formatFailures(await runCommands([planned('test', command)], files, { keepGoing: false }));
  };

  it('is the last lines of what it printed, without colours', async () => {
    const command = String.raw`seq 100; printf '\e[31mthe reason\e[0m\n' >&2; exit 3`;
    const lines = (await explain(command)).trim().split('\n');
    expect(lines[0]).toBe(`== failed: test: ${command}`);
    expect(lines).toContain('the reason');
    expect(lines).toHaveLength(41);
  });

  it('is the failed tests if it ran some, whatever it printed after them', async () => {
    expect(await explain('echo "FAIL  a test" >> "$TEST_FAILURES"; seq 100; false')).toMatch(
      /\n== failed: .*\nFAIL {2}a test$/,
    );
  });

  it('comes although the command left a process behind', async () => {
    expect(await explain('sleep 30 & echo the reason; false')).toMatch(/the reason$/);
  });

  it('is not said of a command that passed', async () => {
    expect(await explain('echo fine')).toBe('');
  });
});
