import { createInterface } from 'node:readline/promises';
import { UsageError } from './command.ts';

/** Asks the person at the terminal. @throws UsageError where there is none. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question} There is nobody to ask: add --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
