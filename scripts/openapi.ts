import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openApiDocument } from '../lambda/http/app.ts';
import { writeGenerated } from './lib/generated/files.ts';
import { silentApp } from './lib/openapi/app.ts';

/** Writes docs/openapi.json from the routes. With --check, fails if the file is not up to date. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const document = `${JSON.stringify(openApiDocument(silentApp()), null, 2)}\n`;

process.exitCode = await writeGenerated([['docs/openapi.json', document]], {
  root: fileURLToPath(new URL('..', import.meta.url)),
  check: values.check,
  source: 'the routes make',
  command: 'npm run openapi',
});
