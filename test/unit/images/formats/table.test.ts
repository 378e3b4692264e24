import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COSTLIEST } from '../../../../bench/lib/decode-costs/costliest.ts';
import { FORMAT_TITLES, IMAGE_FORMATS, IMAGE_MEDIA_TYPES } from '../../../../lambda/images/formats/table.ts';
import { readRepositoryFile } from '../../../support/model.ts';

const folder = new URL('../../../../lambda/images/formats/', import.meta.url);

test('every folder of a format is in the table', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...IMAGE_FORMATS].sort());
});

test('every format has its costliest images', () => {
  const measured = COSTLIEST.map(({ format }) => format);
  expect([...new Set(measured)].sort()).toEqual([...IMAGE_FORMATS].sort());
});

test('titles are listed as people write them', () => {
  expect(FORMAT_TITLES).toMatch(/^JPEG, (\w+, )+\w+ or \w+$/);
});

test('lambda/http/page/index.html accepts and names the formats of the table', () => {
  const page = Buffer.from(readRepositoryFile('lambda/http/page/index.html')).toString();
  expect(page).toContain(`accept="${IMAGE_MEDIA_TYPES.join(',')}"`);
  expect(page).toContain(`>${FORMAT_TITLES}<`);
});
