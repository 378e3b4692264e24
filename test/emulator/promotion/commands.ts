import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { environmentOf } from '../../../scripts/emulator/account.ts';

const { address, hosts } = inject('deployment');
const TIMEOUT_MS = 180_000;

/** What a command did. */
export interface Done {
  readonly code: number | null;
  /** All that it printed. */
  readonly output: string;
  /** What it handed to the next step of a workflow, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The commands of a checkout, which run as steps of a workflow do, against the emulator. */
export interface Commands {
  /** @throws Error with all that it printed, unless it succeeds. */
  succeed(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Done>;
  /** @returns all that it printed. @throws Error with it, unless it fails with exit code 1. */
  fail(program: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<string>;
  /** Kills a command as soon as it has printed a text. @throws Error if it ends before. */
  kill(printed: string, program: string, args: readonly string[]): Promise<void>;
}

/**
 * @param checkout the folder. A program is one of its files, or the name of a package's command.
 * @param variables of all commands
 */
export function commandsIn(checkout: string, variables: NodeJS.ProcessEnv): Commands {
  const start = (program: string, args: readonly string[], environment: NodeJS.ProcessEnv) => {
    const path = join(checkout, program.includes('/') ? program : `node_modules/.bin/${program}`);
    const [command, first] = path.endsWith('.ts') ? [process.execPath, [path]] : [path, []];
    return spawn(command, [...first, ...args], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      env: { ...withoutGitHub(environmentOf(address)), ...hosts, ...variables, ...environment },
    });
  };
  async function run(
    program: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Done> {
    const folder = await mkdtemp(join(tmpdir(), 'step-'));
    const file = join(folder, 'output');
    try {
      const child = start(program, args, { GITHUB_OUTPUT: file, ...environment });
      const [printed, failed, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        exitOf(child),
      ]);
      const outputs = outputsIn(await readFile(file, 'utf8').catch(() => ''));
      return { code, output: printed + failed, outputs };
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return {
    async succeed(program, args, environment) {
      const done = await run(program, args, environment);
      if (done.code !== 0)
        throw new Error(`${program}: expected exit code 0, got ${done.code}:\n${done.output}`);
      return done;
    },
    async fail(program, args, environment) {
      const { code, output } = await run(program, args, environment);
      if (code !== 1) throw new Error(`${program}: expected exit code 1, got ${code}:\n${output}`);
      return output;
    },
    async kill(printed, program, args) {
      const child = start(program, args, {});
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
          if (output.includes(printed)) child.kill('SIGKILL');
        });
      }
      const code = await exitOf(child);
      if (code !== null)
        throw new Error(`${program}: expected it to print ${printed}, got ${code}:\n${output}`);
    },
  };
}

/** The tests may run in a workflow. The commands must not take its commit for the one that they work on. */
const withoutGitHub = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GITHUB_')));

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}

const outputsIn = (file: string): Record<string, string> =>
  Object.fromEntries(
    file
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
