import { describe, expect, it } from 'vitest';
import { chooseVersion } from '../../../../scripts/lib/rollback/plan.ts';

const whole = (version: string) => ({ version, weights: {} });

describe('the version to roll back to', () => {
  it('is the newest one before the version in use, compared as numbers', () => {
    expect(chooseVersion(whole('12'), ['9', '10', '11', '12', '13'])).toBe('11');
  });

  it('is the one asked for, even if it is newer', () => {
    expect(chooseVersion(whole('10'), ['9', '10', '11'], '11')).toBe('11');
  });

  it.each([
    [whole('3'), ['3', '4'], undefined, 'no version is older than 3; there are 3, 4'],
    [whole('3'), ['1', '3'], '2', '--to: expected one of the versions 1, 3, got 2'],
    [whole('3'), ['1', '3'], '3', '--to: version 3 is the one in use'],
    [{ version: '2', weights: { '3': 0.1 } }, ['1', '2', '3'], undefined, /split between versions 2 and 3/],
  ])('is refused if there is none: %j', (alias, published, wanted, message) => {
    expect(() => chooseVersion(alias, published, wanted)).toThrow(message);
  });

  it('may be the version in use if traffic is split, to end the split', () => {
    expect(chooseVersion({ version: '2', weights: { '3': 0.1 } }, ['2', '3'], '2')).toBe('2');
  });
});
