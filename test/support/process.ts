import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

export interface ServiceProcess {
  readonly process: ChildProcessWithoutNullStreams;
  /** Every line of standard output so far. */
  readonly lines: () => readonly string[];
  /** The same, parsed. Throws if a line is not JSON. */
  readonly logs: () => Record<string, unknown>[];
  readonly stderr: () => string;
  /** Resolves when the process and all its children that write to the same output have ended. */
  readonly exitCode: Promise<number | null>;
  /** Waits for a log line. */
  readonly logged: (test: (line: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>;
  /** Waits for a line of text. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/**
 * Runs a script with the Node.js that runs the tests. Of this process's environment it gets only PATH.
 */
export function startProcess(
  args: readonly string[],
  environment: Record<string, string>,
  cwd = REPOSITORY,
): ServiceProcess {
  return startCommand([process.execPath, ...args], environment, cwd);
}

/** Runs a command. Of this process's environment it gets only PATH. */
export function startCommand(
  [command = '', ...args]: readonly string[],
  environment: Record<string, string>,
  cwd = REPOSITORY,
): ServiceProcess {
  const child = spawn(command, args, {
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
  const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

  async function firstOf<Found>(find: (line: string) => Found | undefined): Promise<Found> {
    for (let next = 0; ; ) {
      for (; next < lines.length; next += 1) {
        const found = find(lines[next] as string);
        if (found !== undefined) return found;
      }
      const ended = await Promise.race([once(reader, 'line').then(() => false), exitCode.then(() => true)]);
      if (ended && next === lines.length) {
        throw new Error(
          `The process ended before the expected line. stdout: ${lines.join('\n')} stderr: ${stderr}`,
        );
      }
    }
  }

  return {
    process: child,
    lines: () => lines,
    logs: () => lines.map(parse),
    stderr: () => stderr,
    exitCode,
    logged: (test) =>
      firstOf((line) => {
        const parsed = parse(line);
        return test(parsed) ? parsed : undefined;
      }),
    printed: (pattern) => firstOf((line) => pattern.exec(line) ?? undefined),
  };
}
