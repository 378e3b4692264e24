import { startActivity } from './activity.ts';
import { formatHelp, formatHint, formatUsage } from './help.ts';
import type { Option } from './options.ts';
import { handleProcessEvents } from './process-events.ts';
import { readArguments } from './read-arguments.ts';
import type { StoppedCode } from './stop-codes.ts';
import { UsageError } from './usage-error.ts';

/** Options by their names, without the two hyphens; positional arguments by theirs, in order. */
export type Options = Readonly<Record<string, Option<unknown>>>;

export type ValuesOf<Given extends Options> = {
  readonly [Name in keyof Given]: Given[Name] extends Option<infer Value> ? Value : never;
};

export type ExitCode = 0 | 1 | StoppedCode;

/** What `--help` says, and what the command line may hold. */
export interface Command<Named extends Options, Positional extends Options> {
  /** What to type, without options, such as `npm run load --`. */
  readonly name: string;
  /** What it does, in sentences. */
  readonly summary: string;
  /** Arguments that people often need, such as `--rps 20 --seconds 60`. Empty for none. */
  readonly examples?: readonly string[];
  /** What a terminal shows while the work takes long: see {@link startActivity}. @default nothing */
  readonly activity?: string;
  readonly options?: Named;
  readonly positionals?: Positional;
  /** What the exit codes mean. @default done, failed */
  readonly exitCodes?: { readonly success: string; readonly failure: string };
  /** One line about an error. @default the first line of its message */
  readonly explain?: (error: unknown) => string;
}

/**
 * Runs a command and sets the exit code: 0 for success and for `--help`, 1 for failure, 2 for wrong usage, and that
 * of a signal that ended the work early. An error is one line on stderr.
 *
 * @param work returns the exit code.
 * @example
 *   await runCommand(
 *     {
 *       name: 'npm run hello --',
 *       summary: 'Says hello.',
 *       examples: ['--loud'],
 *       options: { loud: flag('shouts') },
 *     },
 *     async ({ loud }) => 0,
 *   );
 */
// biome-ignore lint/complexity/noBannedTypes: no options are an object without keys.
export async function runCommand<const Named extends Options = {}, const Positional extends Options = {}>(
  command: Command<Named, Positional>,
  work: (values: ValuesOf<Named> & ValuesOf<Positional>) => Promise<ExitCode>,
): Promise<void> {
  handleProcessEvents();
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(formatHelp(command));
    return;
  }
  try {
    const values = readArguments(command, args);
    // Without `using`, so that npm run setup also runs in Node.js 22, before npm ci.
    const shown = command.activity === undefined ? undefined : startActivity(command.activity);
    try {
      process.exitCode = await work(values);
    } finally {
      shown?.[Symbol.dispose]();
    }
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${shorten(error.message)}\n${formatUsage(command)}\n${formatHint(command)}`);
      process.exitCode = 2;
    } else {
      console.error(shorten((command.explain ?? firstLine)(error)));
      process.exitCode = 1;
    }
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** An argument may be longer than anybody wants to read again. */
const LONGEST_ERROR = 2000;

const shorten = (text: string): string =>
  text.length > LONGEST_ERROR ? `${text.slice(0, LONGEST_ERROR)}…` : text;
