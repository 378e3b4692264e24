import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { type ServiceProcess, startCommand, startProcess } from '../support/process.ts';

const CTRL_C = '\x03';
const ESCAPE = '\x1b';
/** Ends a bar: lines are broken again. */
const LINE_BREAKS = `${ESCAPE}[?7h`;
/** Runs a command on a pseudo terminal, and passes on its input, its output and its exit code. */
const ON_TERMINAL = [
  'python3',
  '-c',
  'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))',
];
const hasTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;

const running: ServiceProcess[] = [];
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});

const watched = (process: ServiceProcess) => {
  running.push(process);
  return process;
};
const onTerminal = (args: readonly string[], environment: Record<string, string> = {}) =>
  watched(
    startCommand([...ON_TERMINAL, process.execPath, ...args], { TERM: 'xterm-256color', ...environment }),
  );

async function startService(): Promise<string> {
  const service = watched(startProcess(['lambda/server.ts'], { PORT: '0' }));
  const [, url = ''] = await service.printed(/"Ready on (http:[^"]+)"/);
  return url;
}

// On a build server, they fail without Python.
describe.skipIf(!hasTerminals && process.env['CI'] !== 'true')('a command on a terminal', () => {
  test('ends with 130 after Ctrl-C, and leaves the terminal as it was', async () => {
    const load = onTerminal(['scripts/load.ts', '--url', await startService(), '--seconds', '60']);
    await new Promise<void>((resolve) => {
      load.process.stdout.on('data', (bytes: Buffer) => bytes.includes('requests/s') && resolve());
    });
    load.process.stdin.write(CTRL_C);
    expect(await load.exitCode).toBe(130);
    expect(load.lines().join('\n')).toContain(LINE_BREAKS);
  });

  test('redraws nothing where TERM is dumb', async () => {
    const load = onTerminal(['scripts/load.ts', '--url', await startService(), '--seconds', '2'], {
      TERM: 'dumb',
    });
    expect(await load.exitCode).toBe(0);
    expect(load.lines().join('\n')).not.toContain(ESCAPE);
  });

  test.each([
    ['colours its findings', {}, true],
    ['obeys NO_COLOR', { NO_COLOR: '1' }, false],
    ['obeys NO_COLOR although FORCE_COLOR is set', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%s', async (_, environment, isColoured) => {
    const setup = onTerminal(['scripts/setup.ts'], { PORT: '0', ...environment });
    await setup.exitCode;
    const text = setup.lines().join('\n');
    expect(text).toMatch(/Node\.js/);
    expect(text.includes(`${ESCAPE}[3`)).toBe(isColoured);
  });

  test('passes Ctrl-C on to the program that it runs, and waits for it', async () => {
    const tests = onTerminal([
      'scripts/programs/tool.ts',
      'test',
      'test/hostile',
      '--coverage.enabled=false',
    ]);
    await tests.printed(/RUN/);
    tests.process.stdin.write(CTRL_C);
    expect(await tests.exitCode).toBe(130);
  });
});

describe('a command', () => {
  /** Runs a line of a shell with PATH and nothing else. */
  const shell = (line: string, environment: Record<string, string> = {}) =>
    spawnSync('bash', ['--norc', '-c', line], {
      cwd: REPOSITORY,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE: process.execPath, ...environment },
    });

  test.each(['scripts/help.ts', 'scripts/ci.ts --list', 'scripts/cost.ts --stage prod'])(
    '%s says nothing about a reader that has gone',
    (args) => {
      const { stderr, stdout } = shell(`"$NODE" ${args} | exit; echo "\${PIPESTATUS[0]}"`);
      expect({ stderr, stdout }).toEqual({ stderr: '', stdout: '0\n' });
    },
  );

  test('that serves ends without a word when nobody reads its log any more', () => {
    const { stderr, stdout } = shell(`"$NODE" lambda/server.ts | head -1; echo "\${PIPESTATUS[0]}"`, {
      PORT: '0',
    });
    expect(stdout).toMatch(/Ready on.*\n141\n$/);
    // Warnings go there.
    expect(stderr).not.toMatch(/EPIPE|^ +at /m);
  });

  test('refuses an argument of 100,000 characters in a few lines', () => {
    const { status, stderr } = shell('"$NODE" scripts/load.ts "--$(printf "%100000s" | tr " " x)"');
    expect(status).toBe(2);
    expect(stderr.length).toBeLessThan(3000);
  });

  test.each(['""', '-', '--=', '--rps -1', '--seconds 1e999'])(
    'refuses the strange arguments %j with its usage',
    (args) => {
      const { status, stderr } = shell(`"$NODE" scripts/load.ts --url http://127.0.0.1:9 ${args}; exit $?`);
      expect(stderr).not.toMatch(/^ +at |TypeError|node:internal/m);
      expect([1, 2]).toContain(status);
    },
  );

  test('needs no home and no locale', () => {
    const { status, stdout } = shell('unset HOME; "$NODE" scripts/setup.ts', { LANG: 'C', LC_ALL: 'C' });
    expect([0, 1]).toContain(status);
    expect(stdout).toMatch(/^ok +Node\.js/m);
    expect(stdout).not.toMatch(/→/);
  });

  test.skipIf(process.getuid?.() === 0)('says which folder it may not write', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'read-only-'));
    await mkdir(join(folder, 'out'));
    await chmod(join(folder, 'out'), 0o555);
    const { status, stderr } = shell(
      `"$NODE" scripts/classify.ts examples/cat.jpg --out ${folder}/out/a.ndjson`,
    );
    expect(status).toBe(1);
    expect(stderr).toContain(`${folder}/out`);
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });
});
