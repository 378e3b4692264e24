import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { VERSION } from '../../lambda/version.ts';
import packageJson from '../../package.json' with { type: 'json' };
import packageLock from '../../package-lock.json' with { type: 'json' };
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { newestRelease, parseChangelog } from '../../scripts/lib/release/changelog.ts';
import { testApp } from '../support/app.ts';

const { request } = testApp();
const answer = async (path: string) => (await request(path)).json() as Promise<Record<string, unknown>>;

test('package.json, its lock file and the API document have the version of the service', () => {
  expect([packageJson.version, packageLock.version, packageLock.packages[''].version]).toEqual(
    Array(3).fill(VERSION),
  );
  expect(openapi.info.version).toBe(VERSION);
});

test('the newest release of the changelog has it, once there is a release', () => {
  const changelog = parseChangelog(readFileSync(`${REPOSITORY}CHANGELOG.md`, 'utf8'));
  expect(newestRelease(changelog)?.name ?? VERSION).toBe(VERSION);
});

test.each([
  ['/openapi.json', { info: { version: VERSION } }],
  ['/model', { service: { version: VERSION } }],
  ['/v2', { version: VERSION }],
])('GET %s tells it', async (path, expected) => {
  expect(await answer(path)).toMatchObject(expected);
});

test('the label of the image gets it', () => {
  const script = readFileSync(`${REPOSITORY}scripts/image/build.sh`, 'utf8');
  const [, argument = ''] = /--build-arg (VERSION=.*) \\$/m.exec(script) ?? [];
  const label = execFileSync('bash', ['-c', `${argument}; echo "$VERSION"`], { cwd: REPOSITORY });
  expect(label.toString().trim()).toBe(VERSION);
});
