import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import { commandHelp } from '../../../../scripts/lib/help/command-help.ts';
import { formatFirstCommands, formatMenu } from '../../../../scripts/lib/help/format.ts';
import { FIRST, MENU } from '../../../../scripts/lib/help/menu.ts';
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

describe('the first commands', () => {
  const on = (columns: number) =>
    Object.assign(new PassThrough(), { columns }) as unknown as NodeJS.WriteStream;

  it('are about ten, of every kind of person, and say where the others are', () => {
    const text = formatFirstCommands(on(80));
    const commands = text.match(/^ {2}npm .*$/gm) ?? [];
    expect(commands).toHaveLength(FIRST.length);
    expect(FIRST.length).toBeLessThanOrEqual(12);
    expect(FIRST.filter((script) => !listed.includes(script))).toEqual([]);
    const titles = MENU.map(({ title }) => title).filter(
      (title) => !/^Develop: (write|the|measure)/.test(title),
    );
    expect(titles.filter((title) => !text.includes(`${title}\n  npm `))).toEqual([]);
    expect(text).toContain('npm run help -- --all');
  });

  it.each([40, 80, 120])('fit into %i columns, and all commands do', (columns) => {
    for (const text of [formatFirstCommands(on(columns)), formatMenu(on(columns))]) {
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
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
