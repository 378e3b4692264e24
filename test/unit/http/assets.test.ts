import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FILES, liveFiles } from '../../../lambda/http/assets.ts';

const PAGE_FOLDER = fileURLToPath(new URL('../../../lambda/http/page', import.meta.url));

/** Only types, for editors and the compiler: no browser asks for them. */
const TYPES_ONLY = ['snippets/request.js'];

test('every file in page/ has a path', () => {
  const served = Object.values({ ...FILES, ...liveFiles() }).map((file) => relative(PAGE_FOLDER, file()));
  const files = readdirSync(PAGE_FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PAGE_FOLDER, join(entry.parentPath, entry.name)));
  const missing = files.filter((name) => !served.includes(name) && !TYPES_ONLY.includes(name));
  expect(missing, 'files without a line in FILES of lambda/http/assets.ts').toEqual([]);
});
