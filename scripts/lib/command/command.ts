import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { explainAwsError } from '../aws/explain-error.ts';

/** Arguments that a command cannot work with; its message says what was expected and what came. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of a command line without positional arguments. @throws UsageError for one that is not known. */
export function readOptions<const Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Runs a command and sets the exit code: what it returns; 1 and one line on stderr where it throws; 2 for wrong usage. */
export async function runCommand(usage: string, work: () => Promise<number>): Promise<void> {
  process.exitCode = await work().catch((error: unknown) => {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n${usage}`);
      return 2;
    }
    console.error(explainAwsError(error));
    return 1;
  });
}
