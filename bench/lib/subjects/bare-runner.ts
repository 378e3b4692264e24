import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { bundle } from '../../../scripts/lib/image/bundle.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { type Usage, usageOfTree } from '../machine/process-tree.ts';
import { WORK } from '../paths.ts';
import { imageEnvironment } from './image-environment.ts';

/**
 * A process that runs a model and nothing else: bench/programs/bare-run.ts or
 * bench/baselines/limits/bare_run.py.
 */
export interface BareRunner extends AsyncDisposable {
  /** From the command to the end of the first run. */
  readonly startSeconds: number;
  /** @returns the milliseconds of each run. */
  readonly run: (runs: number) => Promise<number[]>;
  readonly usage: () => Promise<Usage>;
}

/** How to start one. */
export interface BareCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Bundles bench/programs/bare-run.ts, because Node.js would need longer to compile TypeScript than to load
 * the model.
 */
export async function buildBareRun(): Promise<void> {
  await bundle(['bench/programs/bare-run.ts'], { out: `${WORK}programs`, write: true });
}

/** The bundled bench/programs/bare-run.ts, with the settings of the image. */
export const bundledBareRun = (modelBundle: string, threads: number): BareCommand => ({
  command: process.execPath,
  args: [`${WORK}programs/bare-run.mjs`, modelBundle, String(threads)],
  environment: imageEnvironment(REPOSITORY),
});

/** Starts a runner, and waits until its model is loaded. @throws Error with the name if it ends instead. */
export async function startBareRunner(
  name: string,
  { command, args, environment }: BareCommand,
): Promise<BareRunner> {
  const start = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  async function answer(): Promise<string> {
    const { value, done } = await lines.next();
    if (done) throw new Error(`Expected bare runs of ${name}, but the process ended`);
    return value;
  }
  await answer();
  return {
    startSeconds: (performance.now() - start) / 1000,
    async run(runs) {
      child.stdin.write(`${runs}\n`);
      return z.array(z.number()).parse(JSON.parse(await answer()));
    },
    usage: () => usageOfTree(child.pid as number),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exit;
    },
  };
}
