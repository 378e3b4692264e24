import { openApiDocument } from '../lambda/http/app.ts';
import { runCommand } from './lib/command/command.ts';
import { checkOption, writeGenerated } from './lib/generated/files.ts';
import { silentApp } from './lib/openapi/app.ts';

await runCommand(
  {
    name: 'npm run openapi --',
    summary: 'Writes docs/openapi.json from the routes.',
    examples: ['', '--check'],
    activity: 'Writing the document',
    options: { check: checkOption },
  },
  async ({ check }) => {
    const document = `${JSON.stringify(openApiDocument(silentApp()), null, 2)}\n`;
    return writeGenerated([['docs/openapi.json', document]], {
      check,
      source: 'the routes',
      command: 'npm run openapi',
    });
  },
);
