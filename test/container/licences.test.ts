import { glob, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { docker, IMAGE } from '../../scripts/lib/docker/docker.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** The folders that contain licences. */
const COPIED = ['/var/task', '/var/lib/dpkg', '/usr/share/doc', '/usr/local/LICENSE'];

describe.skipIf(!inject('engine'))('the licences in the image', () => {
  /** Folders copied out of the image, by the last part of their path. The image is not run. */
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'image-'));
    const container = await docker('create', IMAGE);
    try {
      for (const path of COPIED) await docker('cp', `${container}:${path}`, copy);
    } finally {
      await docker('rm', container);
    }
  });
  afterAll(() => rm(copy, { recursive: true }));
  const read = (path: string) => readFile(join(copy, path), 'utf8');

  test.each(['LICENSE', 'NOTICE', 'THIRD-PARTY-NOTICES', 'licences/LGPL-3.0.txt', 'licences/GPL-3.0.txt'])(
    '%s is the same as in the repository',
    async (name) => {
      expect(await read(`task/${name}`)).toBe(await readFile(join(repository, name), 'utf8'));
    },
  );

  test('the notices name every package in node_modules with its version', async () => {
    const notices = await read('task/THIRD-PARTY-NOTICES');
    const pattern = 'task/node_modules/{@*/*,[!@]*}/package.json';
    const names: string[] = [];
    for await (const file of glob(pattern, { cwd: copy })) {
      const { name, version } = JSON.parse(await read(file));
      expect(notices).toContain(`\n${name} ${version}\n    Licence: `);
      names.push(name);
    }
    expect(names).toEqual(expect.arrayContaining(['aws-lambda-ric', 'onnxruntime-node', '@img/colour']));
  });

  test('packages keep their licence files', async () => {
    const architecture = await docker('image', 'inspect', '--format', '{{.Architecture}}', IMAGE);
    const here = architecture === 'amd64' ? 'x64' : architecture;
    for (const file of [
      // This package has its licence in the README.
      `@img/sharp-libvips-linux-${here}/README.md`,
      `@img/sharp-linux-${here}/LICENSE`,
      '@img/colour/LICENSE.md',
      '@napi-rs/image/LICENSE',
      '@aws/lambda-invoke-store/LICENSE',
      'aws-lambda-ric/LICENSE',
      'aws-lambda-ric/NOTICE',
      'aws-lambda-ric/THIRD-PARTY-LICENSES',
      'detect-libc/LICENSE',
      'semver/LICENSE',
      'sharp/LICENSE',
      'swagger-ui-dist/LICENSE',
      'swagger-ui-dist/NOTICE',
      'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
    ]) {
      expect((await stat(join(copy, 'task/node_modules', file))).size, file).toBeGreaterThan(0);
    }
  });

  test('Node.js keeps its licence', async () => {
    expect(await read('LICENSE')).toMatch(/^Node\.js is licensed for use as follows/);
  });

  test('every package of Debian keeps its copyright file', async () => {
    const packages = (await read('dpkg/status')).trim().split(/\n\n+/);
    const installed = packages.filter((entry) => /^Status: .* installed$/m.test(entry));
    const names = installed.map((entry) => /^Package: (.*)$/m.exec(entry)?.[1]);
    expect(names).toContain('libc6');
    for (const name of names) {
      expect(await read(`doc/${name}/copyright`), name).toMatch(/copyright|licen[cs]e/i);
    }
  });
});
