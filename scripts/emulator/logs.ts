import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { REPOSITORY } from '../lib/paths.ts';
import type { MiniStack } from './ministack.ts';
import { CDK_LOG, FUNCTIONS_LOG, MINISTACK_LOG } from './paths.ts';

const LINES = 40;
const LINE_CHARACTERS = 300;

/**
 * The last lines of each log that may explain why a run failed, the wordiest first. Keeps the log of the functions,
 * whose containers go away.
 */
export async function endOfLogs({ functionLogs }: Pick<MiniStack, 'functionLogs'>): Promise<string> {
  const ofFunctions = functionLogs().then(async (log) => {
    await writeFile(FUNCTIONS_LOG, log);
    return log;
  });
  const logs = [
    [FUNCTIONS_LOG, ofFunctions],
    [MINISTACK_LOG, readFile(MINISTACK_LOG, 'utf8')],
    [CDK_LOG, readFile(CDK_LOG, 'utf8')],
  ] as const;
  const ends = logs.map(async ([file, log]) => {
    const end = lastLines(await log.catch(String));
    return `\n-- end of ${relative(REPOSITORY, file)}\n${end}\n`;
  });
  return (await Promise.all(ends)).join('');
}

const lastLines = (log: string): string =>
  log
    .trimEnd()
    .split('\n')
    .slice(-LINES)
    .map((line) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}…` : line))
    .join('\n');
