import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import { forwardSignals } from '../system/forward-signals.ts';
import type { Step, Tool } from './tools.ts';

/**
 * Runs the steps of a tool on this terminal until one fails. Signals to this process go to the step.
 *
 * @param args go to the last step.
 * @returns the exit code: 0, 1 if a step failed, 128 and the number of the signal that ended it, as shells have it.
 */
export async function runTool({ steps, environment = {} }: Tool, args: readonly string[]): Promise<number> {
  const env = { ...environment, ...process.env, PATH: withPackages(process.env['PATH'] ?? '') };
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1;
    const line = isLast ? [...step, ...args] : step;
    if (steps.length > 1) console.log(`$ ${line.join(' ')}`);
    const code = await runStep(line as Step, env);
    if (code !== 0) {
      if (steps.length > 1) console.error(`\n${step.join(' ')} failed`);
      return code;
    }
  }
  return 0;
}

const withPackages = (path: string): string => [join(REPOSITORY, 'node_modules/.bin'), path].join(delimiter);

async function runStep([program, ...args]: Step, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program.startsWith('$') ? `${env[program.slice(1)]}` : program, args, {
    cwd: REPOSITORY,
    stdio: 'inherit',
    env,
    // npm's commands are scripts of cmd.exe there.
    shell: process.platform === 'win32',
  });
  using _signals = forwardSignals(child);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal) return 128 + constants.signals[signal];
  // Other tools have other codes for the same, and those of signals.
  return code === null || code === 0 ? 0 : code > 128 ? code : 1;
}
