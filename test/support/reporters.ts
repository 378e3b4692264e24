import type { ViteUserConfig } from 'vitest/config';

type Reporters = NonNullable<NonNullable<ViteUserConfig['test']>['reporters']>;

/** @param report the name of the JSON file in coverage/ that is written in CI. */
export const reporters = (report: string): Reporters => [
  'default',
  './test/support/failure-reporter.ts',
  // Marks failures in the changes of a pull request. Vitest adds it by itself only if no other is named.
  ...(process.env['GITHUB_ACTIONS'] ? ['github-actions'] : []),
  ...(process.env['CI'] ? [['json', { outputFile: `coverage/${report}.json` }] as ['json', object]] : []),
];
