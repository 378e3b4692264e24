import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type ServiceProcess, startCommand } from '../support/process.ts';

const CTRL_C = '\x03';
const ESCAPE = '\x1b';
/** Runs a command on a pseudo terminal, and passes on its input and output. */
const ON_TERMINAL = ['python3', '-c', 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)'];
const hasTerminals = spawnSync('python3', ['-c', 'import pty']).status === 0;

const running: ServiceProcess[] = [];
afterEach(() => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
});

function start(
  command: readonly string[],
  environment: Record<string, string> = {},
  cwd = REPOSITORY,
): ServiceProcess {
  const service = startCommand(command, { PORT: '0', TERM: 'xterm-256color', ...environment }, cwd);
  running.push(service);
  return service;
}

// npm runs a script in a shell. dash would stay between npm and Node.js, and would end on a signal without passing it on,
// so the scripts begin with exec.
describe.skipIf(process.platform === 'win32')('npm', () => {
  test.each([
    ['start', 'SIGTERM'],
    ['start', 'SIGINT'],
    ['run dev', 'SIGTERM'],
  ] as const)('%s passes %s on, and the server stops cleanly', async (script, signal) => {
    const service = start(['npm', ...script.split(' '), '--silent']);
    const [, url = ''] = await service.printed(/"Ready on (http:[^"]+)"/);
    service.process.kill(signal);
    expect(await service.exitCode).toBe(0);
    await service.printed(/"Stopped"/);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('start finds its code compiled by an earlier start', async () => {
    const compiled = async () => {
      const service = start(['npm', 'start', '--silent'], { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
      await service.printed(/"Ready on /);
      service.process.kill('SIGTERM');
      await service.exitCode;
      return /StrippedTypeScript .*lambda\/server\.ts.* success/.test(service.stderr());
    };
    await compiled();
    expect(await compiled()).toBe(true);
  });
});

/** The scripts of npm in a folder of their own, because the repository may have an .env of its developer. */
async function checkoutWith(env: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-'));
  await copyFile(join(REPOSITORY, 'package.json'), join(folder, 'package.json'));
  for (const name of ['lambda', 'node_modules', 'scripts'])
    await symlink(join(REPOSITORY, name), join(folder, name));
  if (env !== undefined) await writeFile(join(folder, '.env'), env);
  return folder;
}

describe.skipIf(process.platform === 'win32')('.env', () => {
  test.each(['start', 'run dev'])('npm %s takes its settings from it, but the shell wins', async (script) => {
    const folder = await checkoutWith('STAGE=from-the-file\nMETRICS=on\nLOG_LEVEL=WARN\n');
    const service = start(['npm', ...script.split(' '), '--silent'], { LOG_LEVEL: 'INFO' }, folder);
    const [, url = ''] = await service.printed(/"Ready on (http:[^"]+)"/);
    await fetch(`${url}/model`);
    await service.printed(/"from-the-file"/);
  });

  test('npm start without it says nothing about it', async () => {
    const service = start(['npm', 'start', '--silent'], {}, await checkoutWith(undefined));
    await service.printed(/"Ready on /);
    expect(service.stderr()).toBe('');
  });

  test('a wrong value or name in it stops the start with a line for each', async () => {
    const folder = await checkoutWith('MAX_PIXELS=50 million\nLOG_LEVLE=WARN\n');
    const service = start(['npm', 'start', '--silent'], {}, folder);
    expect(await service.exitCode).toBe(1);
    expect(service.stderr()).toBe(
      [
        'Cannot start. Invalid settings:',
        '  MAX_PIXELS: expected a whole number of pixels from 1 to 268000000, got "50 million"',
        '  LOG_LEVLE is not a setting of the service; did you mean LOG_LEVEL?\n',
      ].join('\n'),
    );
  });
});

describe.skipIf(!hasTerminals)('on a terminal', () => {
  test('npm start prints a readable line for each request, and says goodbye after Ctrl-C', async () => {
    const service = start([...ON_TERMINAL, 'npm', 'start'], { METRICS: 'on' });
    const [, url = ''] = await service.printed(/resnet50 1\.0\.0 is ready on .*?(http:\/\/localhost:\d+)/);
    const send = (body: Uint8Array<ArrayBuffer> | string) =>
      fetch(`${url}/predict`, { method: 'POST', body });
    await send(readRepositoryFile('examples/cat.jpg'));
    await send('not a photo');
    await service.printed(/unsupported_media_type/);
    service.process.stdin.write(CTRL_C);
    await service.printed(/Stopped\. Goodbye!/);
    expect(await service.exitCode).toBe(0);

    const text = stripVTControlCharacters(service.lines().join('\n'));
    expect(text).toMatch(/^\d\d:\d\d:\d\d {2}POST {2}\/predict +200 +\d+\.\d ms {2}Egyptian cat 88 %$/m);
    expect(text).toMatch(
      /^\d\d:\d\d:\d\d {2}POST {2}\/predict +415 +\d+\.\d ms {2}unsupported_media_type: Exp/m,
    );
    expect(text).toMatch(/^Press Ctrl-C to stop\.$/m);
    expect(text).toMatch(/^Stopped\. Goodbye!$/m);
    expect(text).not.toMatch(/^\{|_aws/m);
    expect(text).not.toContain('npm warn');
  });

  test.each([
    ['uses colours', {}, true],
    ['obeys NO_COLOR', { NO_COLOR: '1' }, false],
  ])('%s', async (_, environment, isColoured) => {
    const service = start([...ON_TERMINAL, process.execPath, 'lambda/server.ts'], environment);
    const [, url = ''] = await service.printed(/is ready on .*?(http:\/\/localhost:\d+)/);
    await fetch(`${url}/health`);
    const [line] = await service.printed(/GET .*200/);
    expect(line.includes(ESCAPE)).toBe(isColoured);
    service.process.stdin.write(CTRL_C);
    expect(await service.exitCode).toBe(0);
  });
});
