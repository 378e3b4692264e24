import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { REPOSITORY } from '../../paths.ts';

/** An execution environment of Lambda, in a process of its own. */
export interface Environment extends AsyncDisposable {
  /** Invokes the function. One call at a time, as on Lambda. @throws Error if the process ends. */
  invoke(event: object): Promise<unknown>;
}

export interface EnvironmentOptions {
  /** A file of `lambda/`, without its extension. */
  readonly entry: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Gets each line of the function's log. */
  readonly onLine: (line: string) => void;
}

/** Starts an environment. It is ready when its init phase is over. @throws Error if that fails. */
export async function startEnvironment({
  entry,
  variables,
  onLine,
}: EnvironmentOptions): Promise<Environment> {
  const { PATH = '' } = process.env;
  const child = fork('scripts/programs/lambda-environment.ts', [entry], {
    cwd: REPOSITORY,
    env: { PATH, ...variables },
    execArgv: [],
    silent: true,
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`Expected lambda/${entry}.ts to go on, but it ended with ${code}`);
  });
  ended.catch(() => {});
  if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
  // Lines at the level ERROR. They are also in the log of a function.
  if (child.stderr) createInterface({ input: child.stderr }).on('line', onLine);
  const nextMessage = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  };
  await nextMessage();
  return {
    async invoke(event) {
      const message = nextMessage();
      child.send(event);
      return ((await message) as { readonly answer: unknown }).answer;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended.catch(() => {});
    },
  };
}
