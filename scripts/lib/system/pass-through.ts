import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { forwardSignals } from './forward-signals.ts';

const CLOSE_MS = 1000;
const KEPT_CHARACTERS = 64 * 1024;

export interface PassedThrough {
  /** Null if a signal ended the program. */
  readonly code: number | null;
  /** The end of what it printed; empty on a terminal, which still shows it. */
  readonly lastOutput: string;
}

/**
 * Runs a program that prints for the person who watches. On a terminal, it gets the terminal itself, so that it keeps
 * its colours and progress bars.
 */
export async function passThrough(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<PassedThrough> {
  if (process.stdout.isTTY) {
    const child = spawn(program, args, { ...options, stdio: 'inherit' });
    using _signals = forwardSignals(child);
    const [code] = await once(child, 'exit');
    return { code, lastOutput: '' };
  }
  const child = spawn(program, args, { ...options, stdio: ['inherit', 'pipe', 'pipe'] });
  using _signals = forwardSignals(child);
  let lastOutput = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8').on('data', (text: string) => {
      to.write(text);
      lastOutput = (lastOutput + text).slice(-KEPT_CHARACTERS);
    });
  }
  const closed = once(child, 'close').catch(() => {});
  const [code] = await once(child, 'exit');
  // A process that the program left behind keeps the pipes open.
  await Promise.race([closed, sleep(CLOSE_MS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { code, lastOutput };
}
