import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { logIn } from '../../../../scripts/lib/supply/registry/login.ts';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const ecr = mockClient(ECRClient);

afterEach(() => ecr.reset());

describe('the login to a registry', () => {
  test('is in a file that only this user can read, until the end of the scope', async () => {
    ecr.on(GetAuthorizationTokenCommand).resolves({
      authorizationData: [{ authorizationToken: 'QVdTOnRva2Vu' }],
    });
    let folder: string;
    {
      using login = await logIn(HOST);
      folder = login.env['DOCKER_CONFIG'] ?? '';
      expect(login.env).toEqual({ DOCKER_CONFIG: folder });
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      const file = `${folder}/config.json`;
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
        auths: { [HOST]: { auth: 'QVdTOnRva2Vu' } },
      });
    }
    expect(existsSync(folder)).toBe(false);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  test('leaves nothing behind if ECR refuses it', async () => {
    ecr.on(GetAuthorizationTokenCommand).rejects(new Error('no permission'));
    await expect(logIn(HOST)).rejects.toThrow('no permission');
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });

  test('is not needed for a registry that Docker is logged in to', async () => {
    using login = await logIn('ghcr.io');
    expect(login.env).toEqual({});
    expect(ecr.calls()).toHaveLength(0);
  });
});
