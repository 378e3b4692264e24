import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface ServiceProcess {
  readonly process: ChildProcessWithoutNullStreams;
  /** Every line of standard output so far, parsed; a line that is not JSON fails the test that reads it. */
  readonly logs: () => Record<string, unknown>[];
  readonly stderr: () => string;
  readonly exitCode: Promise<number | null>;
  /** Waits for a log line. */
  readonly logged: (test: (line: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>;
}

/** Runs a script with the Node.js that runs the tests, with nothing of this process's environment but the path. */
export function startProcess(
  args: readonly string[],
  environment: Record<string, string>,
  cwd = REPOSITORY,
): ServiceProcess {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  const lines: string[] = [];
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  const logs = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    process: child,
    logs,
    stderr: () => stderr,
    exitCode,
    async logged(test) {
      for (;;) {
        const found = logs().find(test);
        if (found) return found;
        const ended = await Promise.race([once(reader, 'line').then(() => false), exitCode.then(() => true)]);
        if (ended && !logs().some(test)) throw new Error(`The process ended without it. stderr: ${stderr}`);
      }
    },
  };
}
