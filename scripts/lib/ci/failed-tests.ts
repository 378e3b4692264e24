import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

/** Names the file that test/support/failure-reporter.ts adds the failures of a run of Vitest to. */
export const FAILURES_VARIABLE = 'TEST_FAILURES';

const LAST_LINES = 40;

/**
 * Why a command failed, for the end of a long log: the failed tests and their errors if it ran tests, otherwise its
 * last lines.
 *
 * @param file the one that {@link FAILURES_VARIABLE} named.
 * @param lastOutput the end of what the command printed.
 */
export async function whyFailed(file: string, lastOutput: string): Promise<string> {
  const failures = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (failures) return failures;
  return stripVTControlCharacters(lastOutput).trim().split('\n').slice(-LAST_LINES).join('\n');
}
