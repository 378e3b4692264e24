import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Usage, usageOfTree } from '../machine/process-tree.ts';

/**
 * A process that runs a model and nothing else: bench/programs/bare-run.ts or
 * bench/baselines/limits/bare_run.py.
 */
export interface BareRunner extends AsyncDisposable {
  /** @returns the milliseconds of each run. */
  readonly run: (runs: number) => Promise<number[]>;
  readonly usage: () => Promise<Usage>;
}

/** Starts a runner, and waits until its model is loaded. @throws Error with the name if it ends instead. */
export async function startBareRunner(name: string, command: string, ...args: string[]): Promise<BareRunner> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  async function answer(): Promise<string> {
    const { value, done } = await lines.next();
    if (done) throw new Error(`Expected bare runs of ${name}, but the process ended`);
    return value;
  }
  await answer();
  return {
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
