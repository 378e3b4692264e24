import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeGenerated } from './lib/generated/files.ts';
import { stagesDocument } from './lib/stages/document.ts';

/** Writes docs/stages.md from the stages' settings, or with --check fails where the file is not what they make. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
process.exitCode = await writeGenerated([['docs/stages.md', stagesDocument()]], {
  root: fileURLToPath(new URL('..', import.meta.url)),
  check: values.check,
  source: 'the settings make',
  command: 'npm run stages',
});
