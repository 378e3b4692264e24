import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { docker } from '../../../../scripts/lib/docker/docker.ts';
import { run } from '../../../../scripts/lib/system/run.ts';
import { temporaryFolder } from '../../../../scripts/lib/system/temporary-folder.ts';
import { whyUnreachable } from '../../../../scripts/lib/system/unreachable.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const NOT_BUILT = /^Docker has no image resnet50:latest\. Build it first: npm run image$/;
const NOT_STARTED = /^the Docker engine does not answer\. Start it/;

describe('a program that is missing', () => {
  it('is named, with what to install', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(docker('version')).rejects.toThrow(
      /^docker is not installed\. Install Docker.*docs\.docker/,
    );
    await expect(run('no-such-program')).rejects.toThrow(/^no-such-program is not installed.*npm run setup/);
  });

  it('is not confused with one that fails', async () => {
    await expect(run(process.execPath, ['-e', 'process.exit(3)'])).rejects.toThrow(
      'expected exit code 0, got 3',
    );
  });
});

it.each([
  ['Error response from daemon: No such image: resnet50:latest', NOT_BUILT],
  ["Unable to find image 'resnet50:latest' locally\ndocker: pull access denied", NOT_BUILT],
  ["docker: Cannot connect to the Docker daemon at unix:///x.\nSee 'docker run --help'.", NOT_STARTED],
  ["docker: failed to connect to the docker API at unix:///x\nRun 'docker run --help'", NOT_STARTED],
  ['docker: invalid reference format', /^docker run resnet50: expected exit code 0, got 1: docker: invalid/],
])('what Docker says becomes what to do: %s', async (message, advice) => {
  using folder = await temporaryFolder('docker-');
  await writeFile(join(folder.path, 'docker'), `#!/bin/sh\ncat >&2 <<'END'\n${message}\nEND\nexit 1\n`);
  await chmod(join(folder.path, 'docker'), 0o755);
  vi.stubEnv('PATH', `${folder.path}:${process.env['PATH']}`);
  await expect(docker('run', 'resnet50')).rejects.toThrow(advice);
});

describe('why fetch got no answer', () => {
  it.each([
    ['its cause', new Error('connect ECONNREFUSED 127.0.0.1:1'), 'connect ECONNREFUSED 127.0.0.1:1'],
    ['the code of a cause without a message', Object.assign(new AggregateError([]), { code: 'EX' }), 'EX'],
    ['its own message', undefined, 'fetch failed'],
  ])('is %s', (_, cause, reason) => {
    expect(whyUnreachable(new TypeError('fetch failed', { cause }))).toBe(reason);
  });
});
