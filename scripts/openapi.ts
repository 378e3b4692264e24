import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readConfig } from '../lambda/config.ts';
import { createApp, openApiDocument } from '../lambda/http/app.ts';
import { createObservability } from '../lambda/telemetry/requests.ts';
import { writeGenerated } from './lib/generated-files.ts';

/** Writes docs/openapi.json from the routes, or with --check fails where the file is not what they make. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const config = readConfig({ LOG_LEVEL: 'SILENT' });
const app = createApp({
  config,
  // The document does not depend on the model.
  classifier: new Promise(() => {}),
  fetchImage: () => Promise.reject(new Error('not used')),
  observability: createObservability(config, () => 0),
});
const document = `${JSON.stringify(openApiDocument(app), null, 2)}\n`;

process.exitCode = await writeGenerated([['docs/openapi.json', document]], {
  root: fileURLToPath(new URL('..', import.meta.url)),
  check: values.check,
  source: 'the routes make',
  command: 'npm run openapi',
});
