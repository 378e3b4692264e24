import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.ts';

/** Asks the person at the terminal. @throws UsageError without a terminal. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`${question} Expected a terminal to ask at, got none: add --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
