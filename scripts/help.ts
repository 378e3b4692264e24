import { readFile } from 'node:fs/promises';
import { runCommand } from './lib/command/command.ts';
import { flag, text } from './lib/command/options.ts';
import { commandHelp } from './lib/help/command-help.ts';
import { formatFirstCommands, formatMenu } from './lib/help/format.ts';
import { REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run help --',
    summary: 'Lists the commands that you need first, by what you want to do, or prints the help of one.',
    examples: ['', '--all', 'classify', 'model:import'],
    options: { all: flag('lists all commands') },
    positionals: { command: text('COMMAND', { help: 'a command, such as deploy' }) },
  },
  async ({ command, all }) => {
    if (command === undefined) {
      console.log(all ? formatMenu() : formatFirstCommands());
      return 0;
    }
    const { scripts } = JSON.parse(await readFile(`${REPOSITORY}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    console.log(await commandHelp(command, scripts));
    return 0;
  },
);
