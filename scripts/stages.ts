import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { stagesDocument } from './lib/stages-document.ts';

/** Writes docs/stages.md from the stages' settings, or with --check fails where the file is not what they make. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const file = new URL('../docs/stages.md', import.meta.url);
const document = stagesDocument();

if (!values.check) {
  await writeFile(file, document);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== document) {
  console.error('docs/stages.md is not what the settings make. Run: npm run stages');
  process.exitCode = 1;
}
