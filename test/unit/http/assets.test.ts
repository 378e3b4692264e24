import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FILES } from '../../../lambda/http/assets.ts';

const PAGE_FOLDER = fileURLToPath(new URL('../../../lambda/http/page', import.meta.url));

test('every file in page/ has a path', () => {
  const served = Object.values(FILES)
    .map((file) => file())
    .filter((file) => dirname(file) === PAGE_FOLDER)
    .map((file) => basename(file));
  const missing = readdirSync(PAGE_FOLDER).filter((name) => !served.includes(name));
  expect(missing, 'files without a line in FILES of lambda/http/assets.ts').toEqual([]);
});
