import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

export interface BenchedService extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** Starts the service in its own process on a free port, and waits until it is ready. */
export async function startService(
  environment: Record<string, string>,
  { stderr = 'inherit' }: { readonly stderr?: 'inherit' | 'ignore' } = {},
): Promise<BenchedService> {
  const child = spawn(process.execPath, ['lambda/server.ts'], {
    cwd: REPOSITORY,
    env: { ...process.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', stderr],
  });
  const exit = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /Ready on (http:[^"]+)"/.exec(line)?.[1];
      if (found) resolve(found);
    });
    exit.then(([code]) =>
      reject(new Error(`Expected the service to become ready, but it ended with ${code}`)),
    );
  });
  return {
    url,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** Resident memory of a process in MiB; NaN without /proc. */
export const residentMiB = (pid: number): Promise<number> => statusMiB(pid, 'VmRSS');

/** Its peak. */
export const peakMiB = (pid: number): Promise<number> => statusMiB(pid, 'VmHWM');

async function statusMiB(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
}
