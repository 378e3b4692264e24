import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import { commandHelp } from '../../../../scripts/lib/help/command-help.ts';
import { formatMenu } from '../../../../scripts/lib/help/format.ts';
import { MENU } from '../../../../scripts/lib/help/menu.ts';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';

const { scripts } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};
const listed = MENU.flatMap(({ commands }) => Object.keys(commands));

describe('the list of commands', () => {
  it('has every npm script exactly once', () => {
    expect(listed.toSorted()).toEqual(Object.keys(scripts).sort());
  });

  it('has a line of a terminal for each', () => {
    const lines = formatMenu().split('\n');
    for (const script of listed) {
      const own = lines.filter((line) => new RegExp(`^ {2}npm (run )?${script} {2}`).test(line));
      expect(own, script).toHaveLength(1);
    }
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('the help of one command', () => {
  it('is what the command itself says, in TypeScript and in a shell script', async () => {
    expect(await commandHelp('load', scripts)).toMatch(/^Usage: npm run load .*Examples:.*--rps 20/s);
    expect(await commandHelp('npm run lint:workflows', scripts)).toMatch(/^Usage: npm run lint:workflows/);
  });

  it('has examples for what runs the programs of others, and for the service', async () => {
    expect(await commandHelp('npm start', scripts)).toMatch(
      /^Usage: .*npm start\n.*Examples:\n {2}npm start$/ms,
    );
    expect(await commandHelp('fix', scripts)).toMatch(/^Usage: npm run fix.*Examples:\n {2}npm run fix$/ms);
  });

  it('suggests the command of a similar name', async () => {
    await expect(commandHelp('deplyo', scripts)).rejects.toThrow('did you mean deploy?');
  });

  it.each(['stert', 'constructor', ''])('refuses %j', async (name) => {
    await expect(commandHelp(name, scripts)).rejects.toThrow(UsageError);
  });
});
