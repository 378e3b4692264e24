import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TOOLS as CI_TOOLS } from '../../../../scripts/lib/ci/tools.ts';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';
import type { RunProgram } from '../../../../scripts/lib/preflight/machine.ts';
import { TOOLS, type Tool } from '../../../../scripts/lib/setup/blocks.ts';
import { checkPackages, checkPort, judgeDisk } from '../../../../scripts/lib/setup/place.ts';
import { checkDockerEngine, checkProgram, checkPython } from '../../../../scripts/lib/setup/programs.ts';
import { temporaryFolder } from '../../../../scripts/lib/system/temporary-folder.ts';

const answering =
  (text: string): RunProgram =>
  async () =>
    text;
const failing =
  (code: string): RunProgram =>
  async () => {
    throw Object.assign(new Error('failed'), { code });
  };

describe('what a missing program blocks', () => {
  const tools: Readonly<Record<string, Tool>> = TOOLS;
  const scripts = Object.entries(CI_TOOLS).filter(([command]) => command.startsWith('npm run '));

  it.each(scripts)('includes %s, if CI needs it', (command, { required = [], ofSomeTests = [] }) => {
    const script = command.replace('npm run ', '');
    for (const name of required) expect(tools[name.split('|')[0] ?? '']?.blocks).toContain(script);
    for (const name of ofSomeTests) expect(tools[name.split('|')[0] ?? '']?.skips).toBeDefined();
  });

  it('are commands of package.json', async () => {
    const { default: manifest } = await import('../../../../package.json', { with: { type: 'json' } });
    const blocked = Object.values(TOOLS).flatMap(({ blocks }) => [...blocks]);
    expect(blocked.filter((script) => !((script.split(' ')[0] ?? '') in manifest.scripts))).toEqual([]);
  });

  it('is told with the finding', async () => {
    expect(await checkProgram('go', ['version'], TOOLS.go, failing('ENOENT'))).toEqual({
      status: 'warn',
      found: 'go is not installed',
      advice: expect.stringMatching(/^npm run clients, .* will not work\. npm test skips .*go\.dev/),
    });
    expect(await checkProgram('curl', [], TOOLS.curl, answering('curl 8.1 (x86) lib\nmore'))).toEqual({
      status: 'ok',
      found: 'curl 8.1',
    });
  });
});

describe('Docker', () => {
  it.each([
    ['an engine with memory', answering('28.1.0 8589934592\n'), 'ok', '8.0 GiB'],
    ['an engine with little memory', answering('28.1.0 2147483648\n'), 'warn', '2.0 GiB'],
    ['no program', failing('ENOENT'), 'warn', 'not installed'],
    ['no engine', failing('1'), 'warn', 'does not answer'],
  ] as const)('%s', async (_, run, status, found) => {
    expect(await checkDockerEngine(run)).toMatchObject({ status, found: expect.stringContaining(found) });
  });
});

describe('Python', () => {
  it.each([
    ['new enough', answering('3.11\n'), 'ok'],
    ['too old', answering('3.9\n'), 'warn'],
    ['without venv', failing('1'), 'warn'],
  ] as const)('%s', async (_, run, status) => {
    expect(await checkPython(run)).toMatchObject({ status });
  });
});

describe('the packages', () => {
  it('are those of package.json', async () => {
    expect(await checkPackages(REPOSITORY)).toMatchObject({ status: 'ok' });
  });

  it('fail if they are missing or of another version', async () => {
    using folder = await temporaryFolder('setup-');
    const dependencies = { sharp: '1.0.0', zod: '2.0.0' };
    await writeFile(join(folder.path, 'package.json'), JSON.stringify({ dependencies }));
    const check = () => checkPackages(`${folder.path}/`);
    expect(await check()).toMatchObject({ status: 'fail', found: 'the packages are not installed' });
    await mkdir(join(folder.path, 'node_modules/zod'), { recursive: true });
    await writeFile(join(folder.path, 'node_modules/zod/package.json'), '{"version":"2.0.0"}');
    expect(await check()).toMatchObject({
      status: 'fail',
      found: 'not in the version of package.json: sharp',
      advice: expect.stringContaining('npm ci'),
    });
  });
});

describe('the port', () => {
  it('is free, or the finding names another', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await checkPort(String(port))).toMatchObject({
      status: 'warn',
      found: `port ${port} is in use, perhaps by npm start`,
      advice: expect.stringContaining('npm start'),
    });
    server.close();
    await once(server, 'close');
    expect(await checkPort(String(port))).toMatchObject({ status: 'ok' });
  });

  it('must be a number', async () => {
    expect(await checkPort('http')).toMatchObject({ status: 'fail', found: 'PORT is http' });
  });
});

it('the disk has room for the packages, the image and the benchmark', () => {
  expect(judgeDisk(2.9)).toMatchObject({ status: 'warn', advice: expect.stringContaining('npm ci') });
  expect(judgeDisk(10)).toMatchObject({ status: 'warn', advice: expect.stringContaining('npm run bench') });
  expect(judgeDisk(20)).toMatchObject({ status: 'ok' });
});

it('runs before npm ci: it imports no packages', async () => {
  using folder = await temporaryFolder('setup-');
  const source = ['lib', 'scripts', 'lambda', 'package.json'];
  await promisify(execFile)('cp', ['-r', ...source.map((name) => join(REPOSITORY, name)), folder.path]);
  const ran = promisify(execFile)(process.execPath, ['scripts/setup.ts', '--json'], { cwd: folder.path });
  const { stdout } = await ran.catch((error: { stdout: string }) => error);
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({ name: 'packages', status: 'fail', found: 'the packages are not installed' }),
  );
});
