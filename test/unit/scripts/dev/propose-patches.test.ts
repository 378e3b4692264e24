import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const SCRIPT = 'scripts/dev/propose-patches.sh';

/** A clone with the script, its origin, and a `gh` that lists this many pull requests and issues. */
function createClone({ pulls = 0, issues = 0 } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'patches-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [origin, clone, programs] = ['origin', 'clone', 'bin'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: clone, encoding: 'utf8', stdio: 'pipe' });
  mkdirSync(join(clone, 'scripts/dev'), { recursive: true });
  mkdirSync(programs);
  cpSync(SCRIPT, join(clone, SCRIPT));
  writeFileSync(join(clone, 'Dockerfile'), 'FROM old\n');
  execFileSync('git', ['init', '--quiet', '--bare', origin]);
  git('init', '--quiet', '--initial-branch=main');
  git('remote', 'add', 'origin', origin);
  git('add', '.');
  git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'old');
  const calls = join(root, 'calls');
  writeFileSync(calls, '');
  writeFileSync(
    join(programs, 'gh'),
    `#!/bin/sh\necho "$1 $2" >>${calls}\ncase "$1 $2" in "pr list") echo ${pulls} ;; "issue list") echo ${issues} ;; esac\n`,
  );
  chmodSync(join(programs, 'gh'), 0o755);
  return {
    clone,
    git,
    run: () =>
      execFileSync(join(clone, SCRIPT), {
        encoding: 'utf8',
        stdio: 'pipe',
        env: {
          ...process.env,
          PATH: `${programs}:${process.env['PATH']}`,
          GITHUB_SERVER_URL: 'https://github.com',
          GITHUB_REPOSITORY: 'octo-org/classifier',
        },
      }),
    calls: () => readFileSync(calls, 'utf8').trim().split('\n'),
  };
}

test('a changed Dockerfile is pushed to a branch, and an issue links to its pull request', () => {
  const { clone, git, run, calls } = createClone();
  writeFileSync(join(clone, 'Dockerfile'), 'FROM new\n');
  writeFileSync(join(clone, 'other'), 'not for this commit');
  expect(run()).toContain('https://github.com/octo-org/classifier/compare/patches/image?quick_pull=1');
  expect(git('ls-remote', '--heads', 'origin')).toContain('refs/heads/patches/image');
  expect(git('show', '--name-only', '--format=', 'origin/patches/image').trim()).toBe('Dockerfile');
  expect(calls().at(-1)).toBe('issue create');
});

test.each([{ pulls: 1 }, { issues: 1 }])('no second issue is opened: %j', (open) => {
  const { clone, git, run, calls } = createClone(open);
  writeFileSync(join(clone, 'Dockerfile'), 'FROM new\n');
  run();
  expect(git('ls-remote', '--heads', 'origin')).toContain('refs/heads/patches/image');
  expect(calls()).not.toContain('issue create');
});

test('nothing happens without a change', () => {
  const { git, run, calls } = createClone();
  expect(run()).toContain('newest security updates already');
  expect(git('ls-remote', '--heads', 'origin')).toBe('');
  expect(calls()).toEqual(['']);
});
