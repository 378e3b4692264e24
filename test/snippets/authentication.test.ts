import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeBlocks, readText } from '../support/markdown.ts';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { verifySigV4 } from '../support/sigv4.ts';
import { type Received, startRecorder } from './support.ts';

const PAGE = readText('docs/authentication.md');
const CAT = readRepositoryFile('examples/cat.jpg');
const SECRETS = {
  API_KEY: 'the-key',
  API_TOKEN: 'the-token',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
};

/** How a reader runs each block. */
const RUN = {
  sh: { file: 'call.sh', command: ['bash', '-e'] },
  python: { file: 'call.py', command: ['python3'] },
  ts: { file: 'call.ts', command: [process.execPath] },
} as const;

/** Only some machines have the package. npm run clients installs it, and runs these tests too. */
const hasBotocore = spawnSync('python3', ['-c', 'import botocore']).status === 0;
if (!hasBotocore) process.stderr.write('Signing in Python is not tested: found no package botocore.\n');

let folder: string;
let gateway: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
  gateway = await startRecorder(() => new Response('{"predictions":[]}'));
  folder = await mkdtemp(join(tmpdir(), 'authentication-'));
  await symlink(repositoryPath('node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'examples'));
  await writeFile(join(folder, 'examples/cat.jpg'), CAT);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => {
  gateway.take();
});
afterAll(async () => {
  gateway.stop();
  await rm(folder, { recursive: true });
});

/** Runs the block of a section, and returns the request that came of it. */
async function request(heading: string, language: keyof typeof RUN) {
  const block = codeBlocks(PAGE, heading).find((one) => one.language === language);
  if (!block) throw new Error(`expected a block in ${language} under ${heading}`);
  const { file, command } = RUN[language];
  // The first line of curl's block asks the AWS CLI for the credentials, which the environment has here.
  await writeFile(join(folder, file), block.code.replace(/^eval .*$/m, ''));
  const [name, ...args] = command;
  await promisify(execFile)(name, [...args, file], {
    cwd: folder,
    env: { ...process.env, ...SECRETS, API_URL: gateway.base },
  });
  const [received] = gateway.take();
  if (!received) throw new Error('expected a request, got none');
  return received;
}

/** Who signed a request, if API Gateway would believe it. */
function signerOf({ method, url, headers, body }: Received) {
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return verifySigV4(
    { method, url: new URL(url, gateway.base), headers: sent, body },
    SECRETS.AWS_SECRET_ACCESS_KEY,
  );
}

describe.each(['sh', 'python', 'ts'] as const)('the example of docs/authentication.md in %s', (language) => {
  test.each([
    ['## API key', 'x-api-key', 'the-key'],
    ['## Token', 'authorization', 'Bearer the-token'],
  ])('under %s sends a photo with %s', async (heading, header, value) => {
    const { method, url, headers, body } = await request(heading, language);
    expect({ method, url }).toEqual({ method: 'POST', url: '/prod/predict?top_k=3' });
    expect(headers[header]).toBe(value);
    expect(body.includes(Buffer.from(CAT))).toBe(true);
  });

  test.skipIf(language === 'python' && !hasBotocore)('signs a photo', async () => {
    const received = await request('## AWS credentials', language);
    expect(received).toMatchObject({ method: 'POST', url: '/prod/predict?top_k=3' });
    expect(Buffer.compare(received.body, CAT)).toBe(0);
    expect(received.headers['x-amz-security-token']).toBe(SECRETS.AWS_SESSION_TOKEN);
    expect(signerOf(received)).toMatchObject({
      accessKeyId: SECRETS.AWS_ACCESS_KEY_ID,
      region: 'eu-central-1',
      service: 'execute-api',
    });
  });
});
