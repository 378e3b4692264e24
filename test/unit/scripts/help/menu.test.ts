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

  it('says what runs if another tool reads the arguments', async () => {
    expect(await commandHelp('npm start', scripts)).toMatch(/^npm start runs the service.*lambda\/server/s);
    expect(await commandHelp('npm start', scripts)).not.toContain('-- --help');
    expect(await commandHelp('fix', scripts)).toMatch(/npm run fix -- --help$/);
    expect(await commandHelp('check', scripts)).toMatch(/^npm run check checks.*It runs: biome ci/s);
  });

  it.each(['stert', 'constructor', ''])('refuses %j', async (name) => {
    await expect(commandHelp(name, scripts)).rejects.toThrow(UsageError);
  });
});
