import { expect, it } from 'vitest';
import { coverageByFolder } from '../../../../scripts/lib/ci/coverage-table.ts';

const counts = (total: number, covered: number) => ({ total, covered, skipped: 0, pct: 0 });
const file = (lines: number, covered: number) => ({
  lines: counts(lines, covered),
  statements: counts(lines, covered),
  functions: counts(2, 1),
  branches: counts(0, 0),
});
const options = { root: '/repository/', depth: 2 };

it('sums the files of a folder and of the folders in it', () => {
  const report = JSON.stringify({
    total: file(40, 30),
    '/repository/lambda/errors.ts': file(10, 10),
    '/repository/lambda/http/app.ts': file(10, 8),
    '/repository/lambda/http/v2/infer.ts': file(20, 12),
  });
  expect(coverageByFolder(report, options)).toBe(`| Coverage | lines | branches | functions |
|---|---:|---:|---:|
| \`lambda\` | 100.0 % | – | 50.0 % |
| \`lambda/http\` | 66.7 % | – | 50.0 % |
| all | 75.0 % | – | 50.0 % |`);
});

it('refuses a report without a total', () => {
  expect(() => coverageByFolder('{}', options)).toThrow('Expected a total in the coverage report, got none');
});
