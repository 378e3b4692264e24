import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';

/** Logs in to two registries, as a copy does, and waits. */
const PROGRAM = `
import { logIn } from ${JSON.stringify(`${REPOSITORY}scripts/lib/supply/registry/login.ts`)};
const hosts = ['111111111111', '222222222222'].map((account) => account + '.dkr.ecr.eu-central-1.amazonaws.com');
const logins = await Promise.all(hosts.map((host) => logIn(host)));
setInterval(() => logins, 1000);
console.log('waiting');
`;

describe('a process with two logins that a signal ends', () => {
  const ecr = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ authorizationData: [{ authorizationToken: 'QVdTOnRva2Vu' }] }));
  });
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interrupted-'));
    ecr.listen(0, '127.0.0.1');
    await once(ecr, 'listening');
  });
  afterAll(async () => {
    ecr.close();
    await rm(folder, { recursive: true });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves no token behind after %s', async (signal, code) => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', PROGRAM], {
      env: {
        PATH: process.env['PATH'],
        TMPDIR: folder,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(ecr.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface(child.stdout), 'line');
    expect(await readdir(folder)).toHaveLength(2);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
    expect(await readdir(folder)).toEqual([]);
  });
});
