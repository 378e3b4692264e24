// Prints the commands of the AWS CLI in the pages as JSON, for aws_commands.py.
import { readFileSync } from 'node:fs';
import { readPages } from '../lib/docs-examples/pages.ts';
import { commandsIn, type Words } from '../lib/docs-examples/shell/commands.ts';
import { REPOSITORY } from '../lib/paths.ts';

interface AwsCommand {
  readonly at: string;
  readonly words: Words;
  /** Whether it stands in a sentence, which may leave out what is required. */
  readonly isPart: boolean;
}

/** The words after `aws`, which settings or xargs may precede. */
function argumentsIn(words: Words): Words | undefined {
  const start = words.indexOf('aws');
  const before = words.slice(0, Math.max(start, 0));
  const isCalled = start !== -1 && (before[0] === 'xargs' || before.every((word) => /^\w+=/.test(word)));
  return isCalled && words.length > start + 2 ? words.slice(start + 1) : undefined;
}

const awsCommandsIn = (at: string, script: string, isPart: boolean): readonly AwsCommand[] =>
  commandsIn(script).flatMap((words) => {
    const found = argumentsIn(words);
    return found ? [{ at, words: found, isPart }] : [];
  });

const found = readPages().flatMap(({ path, blocks }) => {
  const prose = readFileSync(REPOSITORY + path, 'utf8').replace(/^[ >]*(`{3,})[\s\S]*?^[ >]*\1$/gm, '');
  const quoted = [...prose.matchAll(/`(aws [^`]+)`/g)].map(([, command = '']) => command);
  return [
    ...blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ line, code }) => awsCommandsIn(`${path}:${line}`, code, false)),
    ...quoted.flatMap((command) => awsCommandsIn(path, command, true)),
  ];
});
console.log(JSON.stringify(found));
