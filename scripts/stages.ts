import { runCommand } from './lib/command/command.ts';
import { checkOption, writeGenerated } from './lib/generated/files.ts';
import { stagesDocument } from './lib/stages/document.ts';

await runCommand(
  {
    name: 'npm run stages --',
    summary: 'Writes docs/stages.md from the settings of the stages.',
    options: { check: checkOption },
  },
  async ({ check }) =>
    writeGenerated([['docs/stages.md', stagesDocument()]], {
      check,
      source: 'the settings',
      command: 'npm run stages',
    }),
);
