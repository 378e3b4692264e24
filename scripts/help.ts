import { readFile } from 'node:fs/promises';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { commandHelp } from './lib/help/command-help.ts';
import { formatMenu } from './lib/help/format.ts';
import { REPOSITORY } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run help --',
    summary: 'Lists all commands by the person who needs them, or prints the help of one.',
    examples: ['', 'classify', 'model:import'],
    positionals: { command: text('COMMAND', { help: 'a command, such as deploy' }) },
  },
  async ({ command }) => {
    if (command === undefined) {
      console.log(formatMenu());
      return 0;
    }
    const { scripts } = JSON.parse(await readFile(`${REPOSITORY}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    console.log(await commandHelp(command, scripts));
    return 0;
  },
);
