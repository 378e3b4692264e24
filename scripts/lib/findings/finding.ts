import { stripVTControlCharacters } from 'node:util';
import { explainAwsError } from '../aws/explain-error.ts';

/** What a check found and, unless all is well, what to do. */
export type Finding =
  | { readonly status: 'ok'; readonly found: string }
  | { readonly status: 'warn' | 'fail'; readonly found: string; readonly advice: string };

export const ok = (found: string): Finding => ({ status: 'ok', found: harmless(found) });
export const warn = (found: string, advice: string): Finding => ({
  status: 'warn',
  found: harmless(found),
  advice,
});
export const fail = (found: string, advice: string): Finding => ({
  status: 'fail',
  found: harmless(found),
  advice,
});

/** A label of an image or the answer of a service could be a command to the terminal or, at the start of a line, to GitHub. */
const harmless = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[^\P{Cc}\n]+/gu, ' ')
    .replaceAll(/\n(?=\s*::)/g, ' ');

/** One question that a command answers with a finding. */
export interface FindingCheck {
  /** One or two words, at the start of its line in the report. */
  readonly name: string;
  readonly run: () => Promise<Finding> | Finding;
}

export type NamedFinding = Finding & { readonly name: string };

/** Runs all checks concurrently. A check that throws has failed, with one line about the error. */
export function runChecks(checks: readonly FindingCheck[]): Promise<NamedFinding[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        return { name, ...(await run()) };
      } catch (error) {
        return { name, ...fail(explainAwsError(error), 'The check could not run. Fix this first.') };
      }
    }),
  );
}
