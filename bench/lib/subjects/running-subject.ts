import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { docker, IMAGE } from '../../../scripts/lib/docker/docker.ts';
import { freePort } from '../../../scripts/lib/system/free-port.ts';
import { type Usage, usageOfTree } from '../machine/process-tree.ts';
import { WORK } from '../paths.ts';
import { firstPrediction, type KnownPhoto } from './first-prediction.ts';
import type { Launch, Subject } from './subject.ts';

export interface RunningSubject extends AsyncDisposable {
  readonly subject: Subject;
  readonly url: string;
  /** From the command to the first right prediction. */
  readonly startSeconds: number;
  readonly usage: () => Promise<Usage>;
}

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a server, and waits for its first right prediction.
 *
 * @throws Error with the end of its log if there is none.
 */
export async function startSubject(subject: Subject, known: KnownPhoto): Promise<RunningSubject> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = performance.now();
  const server = await launch(subject, port);
  try {
    await firstPrediction(port, subject.protocol, known, async () => {
      const { exitCode, signalCode } = server.child;
      const isRunning = exitCode === null && signalCode === null;
      if (isRunning && performance.now() - start < START_TIMEOUT_MS) return;
      throw new Error(`${subject.title}: expected a prediction, but it did not start\n${await server.log()}`);
    });
    const startSeconds = (performance.now() - start) / 1000;
    const pid = await server.pid();
    return { subject, url, startSeconds, usage: () => usageOfTree(pid), [Symbol.asyncDispose]: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface Launched {
  readonly child: ChildProcess;
  readonly pid: () => Promise<number>;
  readonly log: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

async function launch(subject: Subject, port: number): Promise<Launched> {
  await mkdir(`${WORK}logs`, { recursive: true });
  const logPath = `${WORK}logs/${subject.id}.log`;
  await using logFile = await open(logPath, 'w');
  const container = `bench-${subject.id}-${port}`;
  const { command, args, cwd, environment } = commandOf(subject.launch, port, container);
  // A process group of its own, because some servers leave their workers behind when they end.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', logFile.fd, logFile.fd],
    detached: true,
  });
  const exit = once(child, 'exit');
  const isContainer = subject.launch.kind === 'container';
  // If the benchmark ends early, its servers must not stay behind. Docker's client forwards the signal.
  const abandon = () => signalGroup(child, isContainer ? 'SIGTERM' : 'SIGKILL');
  process.once('exit', abandon);
  exit.finally(() => process.off('exit', abandon));
  return {
    child,
    pid: async () =>
      isContainer
        ? Number(await docker('inspect', '--format', '{{.State.Pid}}', container))
        : (child.pid as number),
    log: async () => (await readFile(logPath, 'utf8')).slice(-2000),
    async stop() {
      if (isContainer) await docker('rm', '--force', container);
      else signalGroup(child, 'SIGTERM');
      const isLate = await Promise.race([exit.then(() => false), timeout(STOP_TIMEOUT_MS)]);
      if (isLate || !isContainer) signalGroup(child, 'SIGKILL');
      await exit;
    },
  };
}

function commandOf(launch: Launch, port: number, container: string) {
  const environment = launch.environment(port);
  if (launch.kind === 'process') return { ...launch, args: [...launch.args(port)], environment };
  // On the host's network, because otherwise Docker's port proxy would be measured too.
  const options = Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`);
  const args = ['run', '--rm', '--network=host', `--name=${container}`, ...options, IMAGE, 'http'];
  return { command: 'docker', args, cwd: WORK, environment: {} };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const timeout = (milliseconds: number) =>
  new Promise<true>((resolve) => setTimeout(resolve, milliseconds, true).unref());
