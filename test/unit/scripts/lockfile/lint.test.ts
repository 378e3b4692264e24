import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintLockfile } from '../../../../scripts/lib/lockfile/lint.ts';
import { readLockEntries, readRoot } from '../../../../scripts/lib/lockfile/lock.ts';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';

const integrity = `sha512-${'A'.repeat(86)}==`;
const root = readRoot('{ "dependencies": { "hono": "4.13.19" } }');
const hono = { version: '4.13.19', integrity };

/** The findings of a lock file that has these packages in node_modules/. */
function findings(packages: Record<string, object>, asked = root): readonly string[] {
  const folders = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry]);
  return lintLockfile(
    readLockEntries(JSON.stringify({ lockfileVersion: 3, packages: Object.fromEntries(folders) })),
    asked,
  );
}

describe('lintLockfile', () => {
  it('accepts packages that are asked for, with their hash', () => {
    const packages = {
      hono: { ...hono, dependencies: { zod: '^4' }, peerDependencies: { vite: '*' } },
      'hono/node_modules/zod': { version: '4.0.0-beta.1', integrity, optionalDependencies: { left: '1' } },
    };
    expect(findings(packages)).toEqual([]);
  });

  it.each([
    ['no hash', { integrity: undefined }, 'expected a SHA-512 integrity, got none'],
    ['a weak hash', { integrity: 'sha1-AAAA' }, 'expected a SHA-512 integrity, got sha1-AAAA'],
    ['a short hash', { integrity: 'sha512-AAAA' }, 'expected a SHA-512 integrity, got sha512-AAAA'],
    [
      'an address',
      { resolved: 'https://registry.npmjs.org/hono/-/hono-4.13.19.tgz' },
      'expected no "resolved", got https://registry.npmjs.org/hono/-/hono-4.13.19.tgz',
    ],
    ['another package under its name', { name: 'evil' }, 'expected a package of that name, got evil'],
    ['a link', { link: true }, 'expected a package of the registry, got a link'],
    ['no version', { version: undefined }, 'expected a version such as 1.2.3, got none'],
    [
      'a request for a repository',
      { dependencies: { zod: 'github:evil/zod' } },
      'expected a version of zod in the registry, got github:evil/zod',
    ],
    [
      'a bundled package that nothing bundles',
      { inBundle: true, integrity: undefined },
      'expected a package that bundles it, got none',
    ],
  ])('refuses %s', (_, change, finding) => {
    expect(findings({ hono: { ...hono, ...change } })).toEqual([`node_modules/hono: ${finding}`]);
  });

  it.each([
    'file:../hono',
    'https://example.com/hono.tgz',
    'npm:evil',
    'npm:evil@file:../evil',
    'git+ssh://git@example.com/hono',
    'honojs/hono',
  ])('refuses %s in package.json', (specifier) => {
    expect(findings({ hono }, readRoot(JSON.stringify({ dependencies: { hono: specifier } })))).toEqual([
      `package.json: expected a version of hono in the registry, got ${specifier}`,
    ]);
  });

  it('refuses a package that nothing asks for, and all that only it asks for', () => {
    const stray = { ...hono, dependencies: { deeper: '1' } };
    expect(findings({ hono, stray, deeper: hono, 'stray/node_modules/own': hono })).toEqual([
      'node_modules/stray: expected a package that asks for it, got none',
      'node_modules/deeper: expected a package that asks for it, got none',
      'node_modules/stray/node_modules/own: expected a package that asks for it, got none',
    ]);
  });

  it('lets the hash of a package cover what is bundled in it', () => {
    const packages = {
      hono: { ...hono, dependencies: { inner: '1' }, bundleDependencies: ['inner'] },
      'hono/node_modules/inner': { version: '1.0.0', inBundle: true },
    };
    expect(findings(packages)).toEqual([]);
  });

  it('accepts another name only if a package asks for that alias', () => {
    const alias = { version: '6.0.1', integrity, name: 'strip-ansi' };
    const asks = (specifier: string) => ({ ...hono, dependencies: { 'strip-ansi-cjs': specifier } });
    expect(findings({ hono: asks('npm:strip-ansi@^6.0.1'), 'strip-ansi-cjs': alias })).toEqual([]);
    expect(findings({ hono: asks('^6.0.1'), 'strip-ansi-cjs': alias })).toEqual([
      'node_modules/strip-ansi-cjs: expected a package of that name, got strip-ansi',
    ]);
  });

  it('refuses a lock file of npm 6', () => {
    expect(() => readLockEntries('{ "lockfileVersion": 1, "packages": {} }')).toThrow(
      'expected lockfileVersion 3',
    );
  });

  it('has no findings in this repository', () => {
    const read = (path: string) => readFileSync(`${REPOSITORY}${path}`, 'utf8');
    expect(lintLockfile(readLockEntries(read('package-lock.json')), readRoot(read('package.json')))).toEqual(
      [],
    );
  });
});
