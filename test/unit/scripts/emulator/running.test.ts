import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';

const folder = await mkdtemp(join(tmpdir(), 'emulator-running-'));
vi.doMock('../../../../scripts/emulator/paths.ts', () => ({
  DEPLOYMENT_FILE: join(folder, 'deployment.json'),
}));
const { expectNoneRunning } = await import('../../../../scripts/emulator/running.ts');

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a second emulator in the folder is refused while the first one answers', async () => {
  await expect(expectNoneRunning()).resolves.toBeUndefined();
  const first = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(first, 'listening');
  const address = `127.0.0.1:${(first.address() as AddressInfo).port}`;
  await writeFile(join(folder, 'deployment.json'), JSON.stringify({ address }));
  await expect(expectNoneRunning()).rejects.toThrow(`got one at http://${address}`);
  first.closeAllConnections();
  first.close();
  await once(first, 'close');
  await expect(expectNoneRunning()).resolves.toBeUndefined();
});
