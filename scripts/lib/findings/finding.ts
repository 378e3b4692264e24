import { explainAwsError } from '../aws/explain-error.ts';

/** What a check found, and where something is to be done about it, what. */
export type Finding =
  | { readonly status: 'ok'; readonly found: string }
  | { readonly status: 'warn' | 'fail'; readonly found: string; readonly advice: string };

export const ok = (found: string): Finding => ({ status: 'ok', found });
export const warn = (found: string, advice: string): Finding => ({ status: 'warn', found, advice });
export const fail = (found: string, advice: string): Finding => ({ status: 'fail', found, advice });

export interface Check {
  /** One word or two, the start of its line in the report. */
  readonly name: string;
  readonly run: () => Promise<Finding> | Finding;
}

export type NamedFinding = Finding & { readonly name: string };

/** All checks at once, in their order; a check that throws has failed, and says so in one line. */
export function runChecks(checks: readonly Check[]): Promise<NamedFinding[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        return { name, ...(await run()) };
      } catch (error) {
        return { name, ...fail(explainAwsError(error), 'Nothing is known of it until this check can run.') };
      }
    }),
  );
}
