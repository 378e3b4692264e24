import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docker } from '../lib/docker/docker.ts';
import { freePort } from '../lib/system/free-port.ts';
import { retry } from '../lib/system/wait.ts';
import { EMULATOR_DIRECTORY, HERE, MINISTACK_LOG } from './paths.ts';
import { createSiteCertificate, TRUST_SITE } from './site.ts';

const run = promisify(execFile);
/** Identifies the containers of our emulators. */
const OWNER = 'resnet50-emulator';
/** Of each container: about as much as the tests of one stage make a function write. */
const LOG_LINES = 1000;

/** A running MiniStack. Disposing it stops it and removes everything that was deployed to it. */
export interface MiniStack extends AsyncDisposable {
  /** `127.0.0.1:PORT`, which serves AWS's APIs, the image registry and the deployed REST APIs. */
  readonly address: string;
  /** The end of the output of each of the deployed functions' containers, oldest first. */
  readonly functionLogs: () => Promise<string>;
}

/** Installs MiniStack if needed, starts it on a free loopback port and waits until it answers. */
export async function startMiniStack(): Promise<MiniStack> {
  const python = await install();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const containerHost = await hostForContainers();
  await createSiteCertificate();
  const log = await open(MINISTACK_LOG, 'w');
  const server = spawn(python, ['-B', join(HERE, 'serve.py')], {
    // Not stopped by Ctrl+C, because the clean-up still needs it.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...environment(),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOSTNAME: OWNER,
      LAMBDA_DOCKER_FLAGS: TRUST_SITE,
      // The endpoint of the AWS SDK in the functions' containers.
      ...(containerHost && {
        CONTAINER_HOST: containerHost,
        AWS_ENDPOINT_URL: `http://${containerHost}:${port}`,
      }),
    },
  });
  await log.close();
  const exited = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGTERM');
    const patience = setTimeout(() => server.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(patience);
    for (const id of await containersOf(address, '--all')) await docker('rm', '--force', id);
  };
  await retry(
    async () => {
      if (server.exitCode === null) await fetch(`http://${address}/_ministack/health`);
    },
    { pauseMs: 100 },
  ).catch(stop);
  if (server.exitCode !== null || server.signalCode !== null) {
    throw new Error(
      `Expected MiniStack to start; see docs/troubleshooting.md#the-emulator-does-not-start. Got: ${(await readFile(MINISTACK_LOG, 'utf8')).trim()}`,
    );
  }
  return {
    address,
    async functionLogs() {
      const logs = (await containersOf(address, '--all')).map((id) =>
        run('docker', ['logs', `--tail=${LOG_LINES}`, id]),
      );
      return (await Promise.all(logs)).map(({ stdout, stderr }) => stdout + stderr).join('\n');
    },
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * The ids of the containers in which an emulator runs functions, oldest first.
 *
 * @param address `127.0.0.1:PORT` of the emulator
 * @param options of `docker ps`
 */
export async function containersOf(address: string, ...options: readonly string[]): Promise<string[]> {
  const port = address.split(':')[1];
  const label = `--filter=label=ministack.instance=${OWNER}:${port}`;
  const ids = await docker('ps', ...options, '--quiet', '--no-trunc', label);
  return ids.split('\n').filter(Boolean).reverse();
}

/**
 * The address of this machine in the network of Docker's containers. Undefined if the engine runs in a virtual machine:
 * then this machine does not have that address.
 */
async function hostForContainers(): Promise<string | undefined> {
  const gateway = await docker('network', 'inspect', 'bridge', '--format={{(index .IPAM.Config 0).Gateway}}');
  return freePort(gateway).then(
    () => gateway,
    () => undefined,
  );
}

/** Only what Python and Docker need. Variables for AWS or for another MiniStack would interfere. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|DOCKER_.*)$/.test(name));
  return Object.fromEntries(kept);
}

/** @returns the Python interpreter that MiniStack is installed for. */
async function install(): Promise<string> {
  const directory = join(EMULATOR_DIRECTORY, 'venv');
  const python = join(directory, 'bin', 'python');
  if (!existsSync(python)) await run('python3', ['-m', 'venv', directory]);
  const requirements = join(HERE, 'requirements.txt');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  return python;
}
