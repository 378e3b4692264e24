import { runCommand } from './lib/command/command.ts';
import { checkOption, writeGenerated } from './lib/generated/files.ts';
import { settingsDocument } from './lib/settings/document.ts';
import { envExample } from './lib/settings/env-example.ts';

await runCommand(
  {
    name: 'npm run settings --',
    summary: 'Writes docs/settings.md and .env.example from the schemas of the settings.',
    examples: ['', '--check'],
    options: { check: checkOption },
  },
  async ({ check }) =>
    writeGenerated(
      [
        ['docs/settings.md', settingsDocument()],
        ['.env.example', envExample()],
      ],
      { check, source: 'the schemas of the settings', command: 'npm run settings' },
    ),
);
