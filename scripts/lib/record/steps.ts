import { explainAwsError } from '../aws/explain-error.ts';
import { fail, type NamedFinding } from '../findings/finding.ts';
import { formatFindings, hasFailed } from '../findings/report.ts';
import type { StepResult } from './record.ts';

/** The steps that ran, one after the other. */
export interface Steps {
  readonly results: readonly StepResult[];
  /**
   * Runs a step, and prints what it found. An error is a finding too.
   *
   * @returns whether it passed.
   */
  run(name: string, work: () => Promise<readonly NamedFinding[]>): Promise<boolean>;
}

/** @param say prints a line for people. */
export function createSteps(say: (line: string) => void): Steps {
  const results: StepResult[] = [];
  return {
    results,
    async run(name, work) {
      say(`\n${name}`);
      const start = performance.now();
      const findings = await work().catch((error: unknown) => [
        { name, ...fail(explainAwsError(error), 'Fix this and run the command again.') },
      ]);
      const passed = !hasFailed(findings);
      results.push({ name, passed, seconds: (performance.now() - start) / 1000, findings });
      if (findings.length > 0) say(formatFindings(findings, process.stdout));
      return passed;
    },
  };
}
