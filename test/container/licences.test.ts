import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { inImage, inspectImage } from './support.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

describe.skipIf(!inject('engine'))('the licences of what is in the image', () => {
  const read = (path: string) => inImage('cat', path);

  test.each(['LICENSE', 'NOTICE', 'THIRD-PARTY-NOTICES', 'licences/LGPL-3.0.txt', 'licences/GPL-3.0.txt'])(
    '%s is there as in the repository',
    async (name) => {
      const text = await readFile(`${repository}${name}`, 'utf8');
      expect(await read(`/var/task/${name}`)).toBe(text.trimEnd());
    },
  );

  test('the notices name every package in node_modules by its version', async () => {
    const files = await inImage('find', '/var/task/node_modules', '-maxdepth', '3', '-name', 'package.json');
    const notices = await read('/var/task/THIRD-PARTY-NOTICES');
    for (const file of files.split('\n')) {
      const { name, version } = JSON.parse(await read(file));
      expect(notices).toContain(`\n${name} ${version}\n    Licence: `);
    }
  });

  test('packages keep the files with their licences', async () => {
    const find =
      'cd /var/task/node_modules && find . -iname "*license*" -o -iname "*notice*" -o -name README.md';
    const files = (await inImage('sh', '-c', find)).split('\n');
    const here = (await inspectImage<string>('.Architecture')) === 'amd64' ? 'x64' : 'arm64';
    for (const file of [
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
      expect(files).toContain(`./${file}`);
    }
  });

  test('Node.js keeps its licence, and every package of Debian its copyright file', async () => {
    expect(await read('/usr/local/LICENSE')).toMatch(/^Node\.js is licensed for use as follows/);
    const status = await read('/var/lib/dpkg/status');
    const installed = status.split('\n\n').filter((entry) => /^Status: .* installed$/m.test(entry));
    const names = installed.map((entry) => /^Package: (.*)$/m.exec(entry)?.[1]);
    expect(names.length).toBeGreaterThan(10);
    const check = `for name in ${names.join(' ')}; do test -s /usr/share/doc/$name/copyright || echo $name; done`;
    expect(await inImage('sh', '-c', check)).toBe('');
  });
});
