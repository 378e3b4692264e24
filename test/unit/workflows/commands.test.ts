import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { STEPS } from './workflows.ts';

/** Commands that are no npm script, by their beginnings, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  'npm ci': 'installs what the npm scripts need',
  'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=443': 'prepares the machine of GitHub, and no other',
  "echo '::notice::": 'tells why a job does nothing',
  'gh release create ': 'the job that may write runs no code of the packages',
};

/** A backslash at the end of a line joins it with the next one. */
const COMMANDS = STEPS.flatMap(({ where, step: { run = '' } }) =>
  run
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((command) => ({ where, command })),
);

describe('commands in workflows', () => {
  it('have no logic of their own: they are npm scripts, or scripts that exist', () => {
    expect(COMMANDS.length).toBeGreaterThan(0);
    expect(COMMANDS.filter(({ command }) => !isKnown(command))).toEqual([]);
  });

  it('get values from the environment, never by expressions, which would become part of the program', () => {
    expect(COMMANDS.filter(({ command }) => command.includes('${{'))).toEqual([]);
  });

  it('quote the variables of the environment', () => {
    // An option that is left out if its variable is empty is quoted inside.
    const quoted = /\$\{\w+:\+--[\w-]+ "\$\w+"\}|"[^"]*"/g;
    const unquoted = COMMANDS.filter(({ command }) => command.replaceAll(quoted, '').includes('$'));
    expect(unquoted).toEqual([]);
  });
});

function isKnown(command: string): boolean {
  if (Object.keys(OTHERS).some((beginning) => command.startsWith(beginning))) return true;
  // One command, whose output may go to a file of GitHub.
  const simple = command.replace(/ >> "\$GITHUB_\w+"$/, '');
  if (/[;&|<>`]|\$\(/.test(simple)) return false;
  const [program = '', verb, name = ''] = simple.split(' ');
  if (program === 'npm') return verb === 'run' && name in packageJson.scripts;
  return program.includes('/') && isExecutable(program);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(join(REPOSITORY, path), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
