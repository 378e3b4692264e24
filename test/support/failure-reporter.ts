import { appendFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';
import { FAILURES_VARIABLE } from '../../scripts/lib/ci/failed-tests.ts';

/** So many failures with their errors; of the others only the number. */
const SHOWN_FAILURES = 20;
const MESSAGE_LINES = 6;
const DIFF_LINES = 12;
const LINE_CHARACTERS = 200;

interface Failure {
  /** Such as `test/unit/version.test.ts > the version > is one`. */
  readonly name: string;
  readonly errors: readonly SerializedError[];
}

/**
 * Writes which tests failed and why, short enough for the end of a long log: also hooks, files that could not be
 * loaded, and errors outside all tests, which the JSON report leaves out. Without {@link FAILURES_VARIABLE}, it writes
 * nothing.
 */
export default class FailureReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Promise<void> {
    const file = process.env[FAILURES_VARIABLE];
    const failures = [...modules.flatMap(failuresOf), ...unhandled.map(outsideTests)];
    if (!file || failures.length === 0) return;
    await appendFile(file, `${formatFailures(failures)}\n`);
  }
}

function failuresOf(module: TestModule): readonly Failure[] {
  const path = module.relativeModuleId;
  return [
    ...ofPart(path, module.errors()),
    ...[...module.children.allSuites()].flatMap((suite: TestSuite) =>
      ofPart(`${path} > ${suite.fullName}`, suite.errors()),
    ),
    ...[...module.children.allTests('failed')].flatMap((test: TestCase) =>
      ofPart(`${path} > ${test.fullName}`, test.result().errors ?? []),
    ),
  ];
}

const ofPart = (name: string, errors: readonly SerializedError[]): readonly Failure[] =>
  errors.length === 0 ? [] : [{ name, errors }];

const outsideTests = (error: SerializedError): Failure => ({
  name: 'outside the tests',
  errors: [error],
});

export function formatFailures(failures: readonly Failure[]): string {
  const shown = failures
    .slice(0, SHOWN_FAILURES)
    .map(({ name, errors }) =>
      [`FAIL  ${oneLine(name)}`, ...errors.flatMap(formatError).map((line) => `      ${line}`)].join('\n'),
    );
  const rest = failures.length - SHOWN_FAILURES;
  return [...shown, ...(rest > 0 ? [`and ${rest} more failures`] : [])].join('\n\n');
}

function formatError({ name, message, diff, stacks = [], cause }: SerializedError): readonly string[] {
  const place = stacks.find(({ file }) => !file.includes('/node_modules/'));
  return [
    ...first(MESSAGE_LINES, name ? `${name}: ${message}` : message),
    ...(typeof diff === 'string' ? first(DIFF_LINES, diff) : []),
    ...(cause ? first(MESSAGE_LINES, `Caused by: ${cause.message}`) : []),
    ...(place ? [`at ${relative('', place.file)}:${place.line}:${place.column}`] : []),
  ];
}

function first(count: number, text: string): readonly string[] {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}…` : line));
  return lines.length > count ? [...lines.slice(0, count), '…'] : lines;
}

const oneLine = (text: string): string => stripVTControlCharacters(text).replaceAll(/\s+/g, ' ');
