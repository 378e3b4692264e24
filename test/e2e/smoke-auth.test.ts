import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../lambda/config.ts';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { loadClassifier } from '../../lambda/model/classifier.ts';
import type { AuthKind } from '../../lib/settings/auth.ts';
import {
  apiKey,
  awsSignature,
  bearerToken,
  NO_CREDENTIALS,
} from '../../scripts/lib/credentials/credentials.ts';
import { smoke } from '../../scripts/lib/smoke/smoke.ts';
import { testApp } from '../support/app.ts';
import { fakeGateway } from '../support/fake-gateway.ts';
import { MODEL_DIR } from '../support/model.ts';

const run = promisify(execFile);
const SECRET = 'wJalrXUtnFEMIsK7MDENGsbPxRfiCYEXAMPLEKEY';
const OPEN = ['health', 'ready', 'model'];
const ALL = [...OPEN, 'predict', 'batch', 'refusal', 'no credentials'];
const KINDS = ['api-key', 'iam', 'jwt'] as const satisfies readonly AuthKind[];

const CREDENTIALS = {
  'api-key': (secret: string) => apiKey(secret, 'the key'),
  iam: (secretAccessKey: string) =>
    awsSignature({
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey, sessionToken: 'session' }),
      region: 'eu-central-1',
    }),
  jwt: (secret: string) => bearerToken(secret, 'the token'),
};

/** What a shell has to set for the commands. */
const ENVIRONMENT = {
  'api-key': { API_KEY: SECRET },
  iam: { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET, AWS_REGION: 'eu-central-1' },
  jwt: { API_TOKEN: SECRET },
} as const satisfies Record<AuthKind, Readonly<Record<string, string>>>;

const named = (findings: readonly { readonly name: string; readonly status: string }[]) =>
  findings.map(({ name, status }) => `${name}: ${status}`);

let unguarded: RunningServer;
let guarded: Record<AuthKind, RunningServer>;
beforeAll(async () => {
  const classifier = loadClassifier(MODEL_DIR, { threads: 1 });
  await classifier;
  const { app } = testApp({ classifier });
  const { server } = readConfig({ PORT: '0' });
  const start = (auth: AuthKind) => startServer(fakeGateway(app, auth, SECRET), server);
  unguarded = await startServer(app, server);
  guarded = { 'api-key': await start('api-key'), iam: await start('iam'), jwt: await start('jwt') };
});
afterAll(() =>
  Promise.all([unguarded, ...Object.values(guarded)].map((server) => server.drain({ noticeMs: 0 }))),
);

const command = (file: string, args: readonly string[], environment: Readonly<Record<string, string>>) =>
  run(process.execPath, [file, ...args], { env: { PATH: process.env['PATH'], ...environment } }).then(
    (said) => ({ code: 0, ...said }),
    (failed: { code: number; stdout: string; stderr: string }) => failed,
  );

describe.each(KINDS)('a service behind a gateway that requires %s', (auth) => {
  it('passes with the right credentials', async () => {
    const target = { url: guarded[auth].url, credentials: CREDENTIALS[auth](SECRET) };
    expect(named(await smoke(target, auth))).toEqual(ALL.map((name) => `${name}: ok`));
  });

  it('fails with wrong credentials, which no finding shows', async () => {
    const wrong = [...SECRET].reverse().join('');
    const findings = await smoke({ url: guarded[auth].url, credentials: CREDENTIALS[auth](wrong) }, auth);
    expect(named(findings)).toEqual(
      ALL.map((name) => `${name}: ${['predict', 'batch', 'refusal'].includes(name) ? 'fail' : 'ok'}`),
    );
    expect(findings.find(({ name }) => name === 'predict')).toMatchObject({
      advice: expect.stringContaining('Check the credentials'),
    });
    expect(JSON.stringify(findings)).not.toContain(wrong);
  });

  it('fails if the gateway does not refuse a prediction without credentials', async () => {
    const findings = await smoke({ url: unguarded.url, credentials: CREDENTIALS[auth](SECRET) }, auth);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      expect.objectContaining({
        name: 'no credentials',
        status: 'fail',
        found: expect.stringContaining(`expected status ${auth === 'jwt' ? 401 : 403}`),
      }),
    ]);
  });

  it.each([
    ['scripts/smoke.ts', []],
    ['scripts/load.ts', ['--rps', '2', '--seconds', '1']],
  ])('is called by %s with credentials from the environment, which it does not print', async (file, args) => {
    const { url } = guarded[auth];
    const { code, stdout, stderr } = await command(
      file,
      ['--url', url, '--auth', auth, ...args],
      ENVIRONMENT[auth],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
    expect(stdout).not.toContain(SECRET);
  });
});

describe('a service that requires a token, without one', () => {
  it('passes what is open and that a prediction is refused, with a warning', async () => {
    const findings = await smoke({ url: guarded.jwt.url, credentials: NO_CREDENTIALS }, 'jwt');
    expect(named(findings)).toEqual([
      ...OPEN.map((name) => `${name}: ok`),
      'no credentials: ok',
      'predictions: warn',
    ]);
    expect(findings.at(-1)).toMatchObject({ advice: expect.stringContaining('API_TOKEN') });
  });

  it('cannot be loaded', async () => {
    const args = ['--url', guarded.jwt.url, '--auth', 'jwt'];
    expect(await command('scripts/load.ts', args, {})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--auth jwt: expected API_TOKEN in the environment, got none'),
    });
  });
});

it.each([
  ['api-key', 'API_KEY'],
  ['jwt', 'API_TOKEN'],
])('a value of %s that no header can hold is refused without being printed', async (auth, variable) => {
  const { code, stdout, stderr } = await command(
    'scripts/smoke.ts',
    ['--url', unguarded.url, '--auth', auth],
    { [variable]: `${SECRET}\nmore` },
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`${variable}: expected`);
  expect(stderr).not.toContain(SECRET);
});
