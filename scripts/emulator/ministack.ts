import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker, retry } from '../lib/docker.ts';
import { freePort } from '../lib/free-port.ts';
import { EMULATOR_DIRECTORY, HERE, MINISTACK_LOG } from './paths.ts';

const run = promisify(execFile);
/** Names what belongs to an emulator of ours among the containers of the engine. */
const OWNER = 'resnet50-emulator';

/** A running MiniStack, which ends with its scope, and with it everything that was deployed to it. */
export interface MiniStack extends AsyncDisposable {
  /** `127.0.0.1:PORT`, where AWS's APIs, the image registry and the deployed REST APIs all answer. */
  readonly address: string;
  /** What the containers of the deployed functions wrote, oldest first. */
  readonly functionLogs: () => Promise<string>;
}

/** Installs MiniStack where it is not, starts it on a free loopback port and waits until it answers. */
export async function startMiniStack(): Promise<MiniStack> {
  const python = await install();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const log = await open(MINISTACK_LOG, 'w');
  const server = spawn(python, ['-B', join(HERE, 'serve.py')], {
    // Out of the reach of Ctrl+C, so that it is still there to clean up.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...environment(),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOSTNAME: OWNER,
    },
  });
  await log.close();
  const exited = once(server, 'exit');
  const containers = async () => {
    const ids = await docker('ps', '--all', '--quiet', `--filter=label=ministack.instance=${OWNER}:${port}`);
    return ids.split('\n').filter(Boolean).reverse();
  };
  const stop = async () => {
    server.kill('SIGTERM');
    const patience = setTimeout(() => server.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(patience);
    for (const id of await containers()) await docker('rm', '--force', id);
  };
  await retry(
    async () => {
      if (server.exitCode === null) await fetch(`http://${address}/_ministack/health`);
    },
    { pauseMs: 100 },
  ).catch(stop);
  if (server.exitCode !== null || server.signalCode !== null) {
    throw new Error(
      `Expected MiniStack to start, it said: ${(await readFile(MINISTACK_LOG, 'utf8')).trim()}`,
    );
  }
  return {
    address,
    async functionLogs() {
      const logs = (await containers()).map((id) => run('docker', ['logs', '--tail=30', id]));
      return (await Promise.all(logs)).map(({ stdout, stderr }) => stdout + stderr).join('\n');
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** What finds Python, Docker and a place for files; settings of another MiniStack, or of AWS, would not do. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|DOCKER_.*)$/.test(name));
  return Object.fromEntries(kept);
}

/** @returns the Python interpreter that has it. */
async function install(): Promise<string> {
  const directory = join(EMULATOR_DIRECTORY, 'venv');
  const python = join(directory, 'bin', 'python');
  if (!existsSync(python)) await run('python3', ['-m', 'venv', directory]);
  const requirements = join(HERE, 'requirements.txt');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  return python;
}
