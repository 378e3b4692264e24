import { startCommand } from '../../support/process.ts';
import type { Program } from './programs.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with arguments and variables. */
export type Run = (args: readonly string[], env?: Record<string, string>) => Promise<Ended>;

/** Runs a program in its folder, by the command of its README.md. */
export const runner =
  ({ run }: Program, folder: string): Run =>
  async (args, env = {}) => {
    const started = startCommand(['sh', '-c', `exec ${run} "$@"`, 'sh', ...args], env, folder);
    const exitCode = await started.exitCode;
    const stdout = started.lines().map((line) => `${line}\n`);
    return { exitCode, stdout: stdout.join(''), stderr: started.stderr().trimEnd() };
  };

export interface Prediction {
  readonly label: string;
  readonly probability: number;
}

/** What every program prints for these predictions. */
export function table(predictions: readonly (readonly [string, Prediction])[]): string {
  const rows = [
    ['FILE', 'LABEL', 'PROBABILITY'],
    ...predictions.map(([file, { label, probability }]) => [file, label, probability.toFixed(4)]),
  ];
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map(([file = '', label = '', probability = '']) =>
      [file.padEnd(widthOf(0)), label.padEnd(widthOf(1)), probability].join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
}
