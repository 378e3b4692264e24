import { describe, expect, it, test } from 'vitest';
import {
  compareVersions,
  isStable,
  parseVersion,
  releaseBefore,
  versionOfTag,
} from '../../../../scripts/lib/release/version.ts';

const version = (text: string) => parseVersion(text, 'test');

test.each([
  '1',
  '1.2',
  'v1.2.3',
  '1.2.3.4',
  '01.2.3',
  '1.2.3-',
  '1.2.3-01',
  '1.2.3-a..b',
  '1.2.3+build',
  '1.2.3\n',
  '',
])('%j is no version', (text) => {
  expect(() => version(text)).toThrow('test: expected a version such as 1.2.3 or 1.2.0-rc.1, got');
});

describe('a tag', () => {
  it('is v and a version', () => {
    expect(versionOfTag('v1.2.0-rc.1')).toMatchObject({ text: '1.2.0-rc.1', prerelease: ['rc', '1'] });
  });

  it.each(['1.2.3', 'V1.2.3', 'release-1.2.3', 'vv1.2.3', 'refs/tags/v1.2.3'])('is not %s', (tag) => {
    expect(() => versionOfTag(tag)).toThrow(tag.replace('vv', 'v'));
  });
});

test('versions have the order of semver.org', () => {
  const inOrder = [
    '0.9.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.10',
    '1.2.0',
    '10.0.0',
  ];
  const shuffled = inOrder.toReversed().map(version);
  expect(shuffled.sort(compareVersions).map(({ text }) => text)).toEqual(inOrder);
  expect(compareVersions(version('1.0.0-rc.1'), version('1.0.0-rc.1'))).toBe(0);
  expect(inOrder.filter((text) => !isStable(version(text)))).toHaveLength(7);
});

test.each([
  ['1.0.0', undefined],
  ['1.1.0', '1.0.0'],
  ['1.2.0-rc.2', '1.1.1'],
  ['2.0.0', '1.1.1'],
  ['3.0.1', '3.0.0'],
])('%s follows %s', (text, before) => {
  const released = ['3.0.0', '1.0.0', '1.2.0-rc.1', '1.1.1', '1.1.0'].map(version);
  expect(releaseBefore(version(text), released)?.text).toBe(before);
});
