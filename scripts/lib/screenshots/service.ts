import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { REPOSITORY } from '../paths.ts';
import { freePort } from '../system/free-port.ts';
import { retry } from '../system/wait.ts';

const START_MS = 60_000;

export interface StartedService extends AsyncDisposable {
  readonly url: string;
}

/**
 * Starts the service as `npm start` does, on a free port and with all models of the repository.
 *
 * @throws Error if all models are not ready within a minute.
 */
export async function startService(): Promise<StartedService> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--max-semi-space-size=1', 'lambda/server.ts'], {
    cwd: REPOSITORY,
    env: {
      ...process.env,
      MALLOC_ARENA_MAX: '1',
      MALLOC_MMAP_THRESHOLD_: '4000000',
      MALLOC_TRIM_THRESHOLD_: '4000000',
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN: 'loopback',
      LOG_LEVEL: 'ERROR',
      METRICS: 'off',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit');
  const service: StartedService = {
    url: `http://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exit;
    },
  };
  try {
    await Promise.race([
      retry(() => requireModels(service.url), { timeoutMs: START_MS, pauseMs: 200 }),
      exit.then(([code]) => {
        throw new Error(`Expected the service to become ready, but it ended with ${code}`);
      }),
    ]);
    return service;
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

async function requireModels(url: string): Promise<void> {
  const response = await fetch(`${url}/models`);
  const { models } = (await response.json()) as { models: readonly { name: string; state: string }[] };
  const others = models.filter(({ state }) => state !== 'ready').map(({ name }) => name);
  if (others.length > 0) throw new Error(`Expected all models to be ready, but not ${others.join(', ')}`);
}
