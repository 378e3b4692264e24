import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import {
  breakingEntries,
  declaredSince,
  newestRelease,
  parseChangelog,
  sectionOf,
  sectionsSince,
  withRelease,
} from '../../../../scripts/lib/release/changelog.ts';

const CHANGELOG = `# Changelog

All notable changes.

## [Unreleased]

### Changed

- **Breaking:** \`/a\` is gone. A **Breaking** word in a sentence counts once,
  on two lines.
- A change that is not **Breaking**.

## [1.1.0-rc.1] - 2026-12-02

- **Breaking** for generated clients: a name.
* **Breaking:** with another bullet.

\`\`\`
## [1.0.0] - 2026-01-01
[not]: a-reference
\`\`\`

## [1.0.0] - 2026-12-01

- First.

[Unreleased]: https://example.com/compare/v1.1.0-rc.1...HEAD
[1.0.0]: https://example.com/tags/v1.0.0
`;
const windows = CHANGELOG.replaceAll('\n', '\r\n');

describe.each([
  ['', CHANGELOG],
  [' with lines of Windows', windows],
])('a changelog%s', (_, text) => {
  const changelog = parseChangelog(text);

  it('has sections with dates, in order', () => {
    expect(changelog.sections.map(({ name, date }) => [name, date])).toEqual([
      ['Unreleased', undefined],
      ['1.1.0-rc.1', '2026-12-02'],
      ['1.0.0', '2026-12-01'],
    ]);
    expect(newestRelease(changelog)?.name).toBe('1.1.0-rc.1');
  });

  it('has the text of each section, without references that follow the last', () => {
    expect(sectionOf(changelog, '1.0.0').body).toBe('- First.');
    expect(sectionOf(changelog, '1.1.0-rc.1').body).toMatch(
      /another bullet\.[\s\S]*\[not\]: a-reference\n```$/,
    );
  });

  it('declares breaking changes in entries of their own', () => {
    expect(breakingEntries(sectionOf(changelog, 'Unreleased'))).toHaveLength(1);
    expect(breakingEntries(sectionOf(changelog, '1.1.0-rc.1'))).toHaveLength(2);
    expect(breakingEntries(sectionOf(changelog, '1.0.0'))).toEqual([]);
  });

  it('gets a release', () => {
    const released = withRelease(text, { version: '1.1.0', date: '2026-12-03' });
    const { sections } = parseChangelog(released);
    expect(sections.slice(0, 2)).toMatchObject([
      { name: 'Unreleased', body: '' },
      { name: '1.1.0', date: '2026-12-03', body: sectionOf(changelog, 'Unreleased').body },
    ]);
    expect(released).toContain(
      '\n[Unreleased]: https://example.com/compare/v1.1.0...HEAD\n' +
        '[1.1.0]: https://example.com/compare/v1.1.0-rc.1...v1.1.0\n',
    );
  });
});

test.each([
  [
    'two sections of one name',
    '## [Unreleased]\n## [Unreleased]',
    'expected one section [Unreleased], got two',
  ],
  ['a version without a date', '## [1.0.0]', 'got ## [1.0.0]'],
  ['a date of what is not released', '## [Unreleased] - 2026-12-01', 'got ## [Unreleased] - 2026-12-01'],
  ['a name without brackets', '## 1.0.0 - 2026-12-01', 'got ## 1.0.0 - 2026-12-01'],
  ['another dash', '## [1.0.0] – 2026-12-01', 'got ## [1.0.0] –'],
])('%s is refused', (_, text, message) => {
  expect(() => parseChangelog(text)).toThrow(message);
});

test.each([
  [
    'a changelog without an unreleased section',
    '## [1.0.0] - 2026-12-01\n\n- a\n',
    'a section [Unreleased], got 1.0.0',
  ],
  ['an empty changelog', '', 'expected a section [Unreleased], got none'],
  ['nothing under Unreleased', '## [Unreleased]\n\n## [1.0.0] - 2026-12-01\n', 'got nothing'],
  [
    'a section that is there',
    '## [Unreleased]\n\n- a\n\n## [2.0.0] - 2026-12-01\n',
    'no section [2.0.0] yet, got one',
  ],
])('%s gets no release', (_, text, message) => {
  expect(() => withRelease(text, { version: '2.0.0', date: '2026-12-04' })).toThrow(message);
});

test('the changelog of this repository has the form', () => {
  const text = readFileSync('CHANGELOG.md', 'utf8');
  expect(sectionOf(parseChangelog(text), 'Unreleased')).toBeDefined();
});

describe('a breaking change', () => {
  const entry = '- **Breaking:** a route is gone.\n  It is.';
  const changelog = (unreleased: string, released = '') =>
    parseChangelog(`## [Unreleased]\n\n${unreleased}\n\n## [1.0.0] - 2026-12-01\n\n${released}\n`);

  it('is declared by an entry that the base does not have', () => {
    expect(declaredSince(changelog(`- a\n${entry}\n- b`), changelog('- a'))).toEqual([entry]);
    expect(declaredSince(changelog(entry), undefined)).toEqual([entry]);
  });

  it('is not declared by an entry of another change', () => {
    expect(declaredSince(changelog(entry), changelog(entry))).toEqual([]);
    expect(declaredSince(changelog(`- a\n${entry}`), changelog('', entry))).toEqual([]);
    expect(declaredSince(changelog('', entry), changelog(''))).toEqual([]);
  });
});

test('a release declares what its pre-releases declared, and no more', () => {
  const released = ['2.0.0', '2.0.0-rc.2', '2.0.0-rc.1', '1.1.0', '1.0.0'];
  const changelog = parseChangelog(released.map((name) => `## [${name}] - 2026-12-01\n`).join(''));
  const names = (name: string, before: string) =>
    sectionsSince(changelog, name, before).map((one) => one.name);
  expect(names('2.0.0', '1.1.0')).toEqual(['2.0.0', '2.0.0-rc.2', '2.0.0-rc.1']);
  expect(names('1.1.0', '1.0.0')).toEqual(['1.1.0']);
  expect(names('1.1.0', '0.9.0')).toEqual(['1.1.0']);
});
