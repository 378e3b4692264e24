import { expect, it } from 'vitest';
import { STEPS, WORKFLOWS } from './workflows.ts';

const PINNED = /^(?<action>[\w.-]+\/[\w.-]+)(\/[\w./-]+)?@(?<pin>[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;

/** As in the text, with the comment, which a parser would drop. */
const USES = WORKFLOWS.flatMap(({ file, text }) =>
  [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, value = '']) => ({ file, value })),
).filter(({ value }) => !value.startsWith('./'));

it('names a commit and its version for every action', () => {
  // No action is written in a form that the pattern misses.
  expect(USES).toHaveLength(STEPS.filter(({ step }) => step.uses !== undefined).length);
  expect(USES.filter(({ value }) => !PINNED.test(value))).toEqual([]);
});

it('has one version of each action', () => {
  const pins = Object.groupBy(USES, ({ value }) => PINNED.exec(value)?.groups?.['action'] ?? value);
  const versions = Object.entries(pins).map(([action, uses = []]) => [
    action,
    [...new Set(uses.map(({ value }) => PINNED.exec(value)?.groups?.['pin']))],
  ]);
  expect(versions.filter(([, found = []]) => found.length !== 1)).toEqual([]);
});
