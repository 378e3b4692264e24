// Writes api.d.ts from the document that the command line names. The types are the same as from
// openapi-typescript's own command, except that bytes are a Blob and not a string:
// https://openapi-ts.dev/node#example-blob-types
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const [document = ''] = process.argv.slice(2);
const BLOB = ts.factory.createTypeReferenceNode('Blob');

const types = await openapiTS(await readFile(document, 'utf8'), {
  transform: ({ format }) => (format === 'binary' ? BLOB : undefined),
});
await writeFile('api.d.ts', astToString(types));
