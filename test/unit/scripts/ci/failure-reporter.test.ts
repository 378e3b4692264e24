import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';
import { formatFailures } from '../../../support/failure-reporter.ts';

/** Runs Vitest on one file. @returns what the reporter wrote about each failure. */
function failuresOf(source: string): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'failures-'));
  const file = join(root, 'failures');
  writeFileSync(join(root, 'some.test.ts'), source);
  writeFileSync(file, '');
  const reporter = `${REPOSITORY}test/support/failure-reporter.ts`;
  const { status } = spawnSync(
    process.execPath,
    [
      `${REPOSITORY}node_modules/vitest/vitest.mjs`,
      'run',
      '--root',
      root,
      '--globals',
      '--reporter',
      reporter,
    ],
    { cwd: root, env: { PATH: process.env['PATH'], TEST_FAILURES: file } },
  );
  expect(status).toBe(1);
  return readFileSync(file, 'utf8').trim().split('\n\n');
}

test('a run names its failed tests and hooks, and errors outside of them, with their reasons', () => {
  const failures = failuresOf(`
    describe('a suite', () => {
      test('passes', () => {});
      test('differs', () => expect({ a: 1 }).toEqual({ a: 2 }));
    });
    describe('a hook', () => {
      beforeAll(() => { throw new Error('no database'); });
      test('does not run', () => {});
    });
    test('leaves a promise', () => { void Promise.reject(new Error('nobody waits')); });
  `);
  expect(failures).toHaveLength(3);
  expect(failures[0]).toMatch(/^FAIL {2}some\.test\.ts > a hook\n +Error: no database\n +at some.test.ts:7:/);
  expect(failures[1]).toMatch(/^FAIL {2}some\.test\.ts > a suite > differs\n.*AssertionError/);
  expect(failures[1]).toMatch(/^ +- {3}"a": 2,\n +\+ {3}"a": 1,$/m);
  expect(failures[2]).toMatch(/^FAIL {2}outside the tests\n +Error: nobody waits$/m);
});

test('a file that cannot be loaded is a failure', () => {
  expect(failuresOf("import './missing.ts';")).toEqual([
    expect.stringMatching(/^FAIL {2}some\.test\.ts\n.*missing\.ts/),
  ]);
});

test('many failures and long messages are cut', () => {
  const message = Array.from({ length: 500 }, () => 'x'.repeat(1000)).join('\n');
  const text = formatFailures(
    Array.from({ length: 500 }, (_, index) => ({ name: `test ${index}`, errors: [{ message }] })),
  );
  expect(text).toMatch(/\n\nand 480 more failures$/);
  expect(text.split('\n').length).toBeLessThan(200);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(210);
});
