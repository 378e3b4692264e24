import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { type Environment, readConfig } from '../../lambda/config.ts';
import { VERSION } from '../../lambda/version.ts';
import packageJson from '../../package.json' with { type: 'json' };
import packageLock from '../../package-lock.json' with { type: 'json' };
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { newestRelease, parseChangelog } from '../../scripts/lib/release/changelog.ts';
import { testApp } from '../support/app.ts';
import { fakeClassifier } from '../support/model.ts';

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

describe('the commit', () => {
  const commit = '3f2a9c41d7e85b60a1f4c2d9e8b7a6053c1d2e4f';
  const serviceOf = async (path: string, environment: Environment) => {
    const { request } = testApp({}, environment);
    // The model has to be loaded first.
    await setImmediate();
    const response = await request(path);
    return ((await response.json()) as { readonly service: object }).service;
  };

  test.each(['/model', `/models/${fakeClassifier().manifest.name}`])(
    'is in GET %s if the image knows it',
    async (path) => {
      expect(await serviceOf(path, { SERVICE_COMMIT: commit })).toEqual({ version: VERSION, commit });
      expect(await serviceOf(path, { SERVICE_COMMIT: 'unknown' })).toEqual({ version: VERSION });
      expect(await serviceOf(path, {})).toEqual({ version: VERSION });
    },
  );

  test('of something else is refused', () => {
    expect(() => readConfig({ SERVICE_COMMIT: 'main' })).toThrow(
      /SERVICE_COMMIT: expected the 40 hexadecimal/,
    );
  });

  test('is that of the label of the image', () => {
    const stage = readFileSync(`${REPOSITORY}Dockerfile`, 'utf8')
      .split(/^FROM /m)
      .at(-1);
    expect(stage).toMatch(/^ENV SERVICE_COMMIT=\$\{REVISION\}$/m);
    expect(stage).toMatch(/org\.opencontainers\.image\.revision="\$\{REVISION\}"/);
  });
});

test('the label of the image gets it', () => {
  const script = readFileSync(`${REPOSITORY}scripts/image/build.sh`, 'utf8');
  const [, argument = ''] = /--build-arg (VERSION=.*) \\$/m.exec(script) ?? [];
  const label = execFileSync('bash', ['-c', `${argument}; echo "$VERSION"`], { cwd: REPOSITORY });
  expect(label.toString().trim()).toBe(VERSION);
});
