import { readFile } from 'node:fs/promises';
import type { MiniStack } from './ministack.ts';
import { CDK_LOG, MINISTACK_LOG } from './paths.ts';

const LINES = 40;

/** The last lines of each log that may explain why a run failed. */
export async function endOfLogs({ functionLogs }: MiniStack): Promise<string> {
  const logs = [
    ['the CDK CLI', readFile(CDK_LOG, 'utf8')],
    ['MiniStack', readFile(MINISTACK_LOG, 'utf8')],
    ['the functions', functionLogs()],
  ] as const;
  const ends = logs.map(async ([name, log]) => {
    const lines = (await log.catch(String)).trimEnd().split('\n').slice(-LINES);
    return `\n-- end of the log of ${name}\n${lines.join('\n')}\n`;
  });
  return (await Promise.all(ends)).join('');
}
