import { expect, test } from 'vitest';
import { environmentSchema } from '../../../lambda/config/environment.ts';
import { ERROR_KINDS } from '../../../lambda/errors.ts';
import { EVENTS_PATH, METRICS_PATH } from '../../../lambda/http/admin/paths.ts';
import { FORMAT_TITLES } from '../../../lambda/images/formats/table.ts';
import { readRepositoryFile } from '../../support/model.ts';
import { OPERATIONS } from '../../support/openapi.ts';
import { PAGES } from '../../support/pages.ts';

const readme = Buffer.from(readRepositoryFile('README.md')).toString();

/** What the rows of the table with this header have in backticks in their first columns. */
function namesInTable(header: string, columns: number): string[] {
  const [table = ''] = readme.slice(readme.indexOf(header)).split('\n\n');
  const rows = table.split('\n').slice(2);
  return rows.flatMap((row) => {
    const cells = row.split('|').slice(1, 1 + columns);
    return [...cells.join('|').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  });
}

test('the README lists the routes', () => {
  // Those of the Open Inference Protocol are in docs/inference-protocol.md.
  const own = OPERATIONS.filter(({ path }) => path !== '/v2' && !path.startsWith('/v2/'));
  const routes = own.map(({ method, path }) => `${method} ${path}`);
  const admin = ['/live', EVENTS_PATH, METRICS_PATH];
  const pages = [...PAGES, ...admin, '/openapi.json'].map((path) => `GET ${path}`);
  expect(namesInTable('| Route |', 1).sort()).toEqual([...routes, ...pages].sort());
});

test('the README lists the codes of the errors', () => {
  expect(namesInTable('| Status | Code |', 2).sort()).toEqual(Object.keys(ERROR_KINDS).sort());
});

test('the README lists settings that exist', () => {
  const listed = namesInTable('| Variable |', 1);
  expect(listed).toContain('PORT');
  expect(listed.filter((name) => !(name in environmentSchema.shape))).toEqual([]);
});

test('the README lists the formats', () => {
  const [, listed = ''] = /\*\*Formats\.\*\* ([^.]+), detected/.exec(readme) ?? [];
  expect(listed.replace(/ \([^)]+\)/g, '').replace(' and ', ' or ')).toBe(FORMAT_TITLES);
});
