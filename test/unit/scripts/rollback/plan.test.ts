import { describe, expect, it } from 'vitest';
import { chooseVersion, type Versions } from '../../../../scripts/lib/rollback/plan.ts';

const PUBLISHED = ['38', '40', '41', '42'];

/** What AWS says about the versions, with only 42 in use. */
const versions = (changes: Partial<Versions> = {}): Versions => ({
  alias: { version: '42', weights: {} },
  expected: '42',
  published: PUBLISHED,
  knownGood: ['42', '40', '38'],
  ...changes,
});
const split = { version: '41', weights: { '42': 0.1 } };

describe('the version to roll back to', () => {
  it('is the one known to be good before the live one, and not one that was rolled back', () => {
    expect(chooseVersion(versions())).toBe('40');
  });

  it('is the newest one known to be good if the live one is not', () => {
    expect(chooseVersion(versions({ knownGood: ['40', '38'] }))).toBe('40');
  });

  it('must still be published', () => {
    expect(chooseVersion(versions({ published: ['38', '42'] }))).toBe('38');
  });

  it('is the one asked for, even if it is newer', () => {
    const alias = { version: '40', weights: {} };
    expect(chooseVersion(versions({ alias, expected: '40' }), '42')).toBe('42');
  });

  it.each([
    [
      { knownGood: ['42'] },
      undefined,
      'no version is known to have been good before 42: choose one of 38, 40, 41 with --to',
    ],
    [{ knownGood: [] }, undefined, 'no version is known to have been good before 42'],
    [{ published: ['42'] }, undefined, 'no version is there but 42: deploy an older commit'],
    [{}, '39', '--to: expected one of the versions 38, 40, 41, 42, got 39'],
    [{}, '42', '--to: version 42 is the one in use'],
    [{ alias: split }, undefined, /split between versions 41 and 42/],
  ])('is refused if there is none: %j', (changes, wanted, message) => {
    expect(() => chooseVersion(versions(changes), wanted)).toThrow(message);
  });

  it('may be the version in use if traffic is split, to end the split', () => {
    expect(chooseVersion(versions({ alias: split, expected: '41' }), '41')).toBe('41');
  });

  it('may be the version in use if CloudFormation expects another one', () => {
    expect(chooseVersion(versions({ expected: '41' }), '42')).toBe('42');
  });
});
