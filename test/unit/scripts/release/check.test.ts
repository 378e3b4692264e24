import { describe, expect, it, test } from 'vitest';
import { runChecks } from '../../../../scripts/lib/findings/finding.ts';
import { releaseChecks } from '../../../../scripts/lib/release/check.ts';
import { openRepository } from '../../../../scripts/lib/release/repository.ts';
import { versionOfTag } from '../../../../scripts/lib/release/version.ts';
import { createClone, lacksOasdiff } from './clone.ts';

/** What each check found, by its name. */
async function check(root: string, tag: string): Promise<Record<string, string>> {
  const findings = await runChecks(releaseChecks(openRepository(root), tag, versionOfTag(tag)));
  return Object.fromEntries(findings.map(({ name, status, found }) => [name, `${status}: ${found}`]));
}

test('the first release has nothing to compare with', async () => {
  const clone = createClone();
  clone.release('1.0.0');
  expect(await check(clone.root, 'v1.0.0')).toEqual({
    tag: `ok: v1.0.0 is ${clone.git('rev-parse', 'HEAD')}, on main`,
    versions: 'ok: 4 files have 1.0.0',
    changelog: 'ok: [1.0.0] - 2026-12-01',
    api: 'ok: the first stable release: nothing to compare',
  });
});

describe('a tag', () => {
  it('must be there, and have what is checked out', async () => {
    const clone = createClone();
    clone.release('1.0.0');
    expect((await check(clone.root, 'v1.0.1'))['tag']).toMatch(/^fail: .*got refs\/tags\/v1\.0\.1/);
    clone.git('commit', '--quiet', '--allow-empty', '--message', 'next');
    expect((await check(clone.root, 'v1.0.0'))['tag']).toMatch(
      /^fail: expected v1\.0\.0, .* to be checked out/,
    );
  });

  it('must have the files that are checked out', async () => {
    const clone = createClone();
    clone.release('1.0.0');
    clone.write('lambda/version.ts', "export const VERSION = '1.0.0'; // changed\n");
    expect((await check(clone.root, 'v1.0.0'))['tag']).toContain('got changed ones');
  });

  it('must be on main, as origin has it', async () => {
    const clone = createClone();
    clone.release('1.0.0');
    clone.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect((await check(clone.root, 'v1.0.0'))['tag']).toMatch(/^ok/);
    clone.release('1.0.1');
    expect((await check(clone.root, 'v1.0.1'))['tag']).toMatch(/^fail: expected a commit of main/);
  });

  it.each([
    ['origin/main', 'refs/remotes/origin/main'],
    ['main', 'refs/heads/main'],
  ])('must be on the branch, not on a tag called %s', async (tag, branch) => {
    const clone = createClone();
    clone.release('1.0.0');
    clone.git('update-ref', branch, 'HEAD');
    clone.git('switch', '--quiet', '--detach');
    clone.release('1.0.1');
    clone.git('tag', tag);
    expect((await check(clone.root, 'v1.0.1'))['tag']).toMatch(/^fail: expected a commit of main/);
  });
});

test.each(['package.json', 'package-lock.json', 'lambda/version.ts', 'docs/openapi.json'])(
  'another version in %s is found',
  async (file) => {
    const clone = createClone();
    clone.release('1.0.0');
    const text = clone.git('show', `HEAD:${file}`);
    clone.write(file, text.replace(/1\.0\.0(?![\s\S]*1\.0\.0)/, '1.0.1'));
    expect((await check(clone.root, 'v1.0.0'))['versions']).toBe(
      `fail: expected 1.0.0, got 1.0.1 in ${file}`,
    );
  },
);

test('a file that tells another version twice is named once', async () => {
  const clone = createClone();
  clone.release('1.0.0');
  const lock = clone.git('show', 'HEAD:package-lock.json');
  clone.write('package-lock.json', lock.replaceAll('1.0.0', '1.0.1'));
  expect((await check(clone.root, 'v1.0.0'))['versions']).toBe(
    'fail: expected 1.0.0, got 1.0.1 in package-lock.json',
  );
});

test.each([
  ['no section', '## [Unreleased]\n\n- a\n', 'expected a section [1.0.0], got Unreleased'],
  [
    'two sections',
    '## [1.0.0] - 2026-12-01\n\n- a\n\n## [1.0.0] - 2026-12-01\n',
    'expected one section [1.0.0], got two',
  ],
  [
    'an empty section',
    '## [1.0.0] - 2026-12-01\n\n## [0.9.0] - 2026-11-01\n\n- a\n',
    'changes under [1.0.0], got none',
  ],
  ['a newer section', '## [2.0.0] - 2026-12-02\n\n- a\n\n## [1.0.0] - 2026-12-01\n\n- a\n', 'got 2.0.0'],
  ['no date', '## [1.0.0]\n\n- a\n', 'got ## [1.0.0]'],
])('a changelog with %s is refused', async (_, changelog, message) => {
  const clone = createClone();
  clone.release('1.0.0');
  clone.write('CHANGELOG.md', changelog);
  expect((await check(clone.root, 'v1.0.0'))['changelog']).toMatch(/^fail: /);
  expect((await check(clone.root, 'v1.0.0'))['changelog']).toContain(message);
});

test('a shallow clone is refused, because it lacks the tags of other releases', async () => {
  const [origin, clone] = [createClone(), createClone()];
  origin.release('1.0.0');
  origin.release('1.1.0');
  clone.git('fetch', '--quiet', '--depth=1', `file://${origin.root}`, 'tag', 'v1.1.0');
  clone.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
  const found = await check(clone.root, 'v1.1.0');
  expect(found['api']).toMatch(/^fail: Expected a clone with all tags, got a shallow one/);
});

describe.skipIf(lacksOasdiff())('the API', () => {
  const declared = '- **Breaking:** `/b` is gone.';

  async function apiOf(version: string, changes: string, paths: string[]): Promise<string | undefined> {
    const clone = createClone();
    clone.release('1.0.0');
    clone.release('1.1.0-rc.1', { paths: ['/a', '/b', '/c'] });
    clone.release(version, { changes, paths });
    return (await check(clone.root, `v${version}`))['api'];
  }

  it('may grow in a minor version', async () => {
    expect(await apiOf('1.1.0', '- A route.', ['/a', '/b', '/d'])).toBe(
      'ok: no breaking changes since 1.0.0',
    );
  });

  it('must not break without a word', async () => {
    const found = await apiOf('2.0.0', '- A change that is not **Breaking**.', ['/a']);
    expect(found).toMatch(/^fail: expected no undeclared breaking changes since 1\.0\.0, got:\n/);
    expect(found).toContain('- **Breaking:** API path removed without deprecation (`GET /b`)');
  });

  it.each(['1.1.0', '1.0.1', '1.1.0-rc.2'])('must not break in %s, declared or not', async (version) => {
    expect(await apiOf(version, declared, ['/a'])).toMatch(/^fail: /);
  });

  it.each(['2.0.0', '2.0.0-rc.1'])('may break in %s if that is declared', async (version) => {
    expect(await apiOf(version, declared, ['/a'])).toBe('ok: breaking changes since 1.0.0 are declared');
  });
});
