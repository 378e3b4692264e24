import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createApp, openApiDocument } from '../lambda/app.ts';
import { readConfig } from '../lambda/config.ts';
import { createObservability } from '../lambda/observability.ts';

/** Writes docs/openapi.json from the routes, or with --check fails where the file is not what they make. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const file = new URL('../docs/openapi.json', import.meta.url);

const config = readConfig({ LOG_LEVEL: 'SILENT' });
const app = createApp({
  config,
  // The document does not depend on the model.
  classifier: new Promise(() => {}),
  fetchImage: () => Promise.reject(new Error('not used')),
  observability: createObservability(config, () => 0),
});
const document = `${JSON.stringify(openApiDocument(app), null, 2)}\n`;

if (!values.check) {
  await writeFile(file, document);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== document) {
  console.error('docs/openapi.json is not what the routes make. Run: npm run openapi');
  process.exitCode = 1;
}
