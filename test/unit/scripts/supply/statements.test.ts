import { expect, test } from 'vitest';
import { isAbout } from '../../../../scripts/lib/supply/verify/statements.ts';

const hex = (digit: string): string => digit.repeat(64);
const aboutDigests = (...digests: readonly string[]) => ({
  subject: digests.map((sha256) => ({ digest: { sha256 } })),
  predicate: {},
});

test('a statement is about the images whose digests it names', () => {
  const image = { digest: `sha256:${hex('a')}` };
  expect(isAbout(aboutDigests(hex('a')), image)).toBe(true);
  expect(isAbout(aboutDigests(hex('b'), hex('a')), image)).toBe(true);
  expect(isAbout(aboutDigests(hex('b')), image)).toBe(false);
  expect(isAbout(aboutDigests(), image)).toBe(false);
});
