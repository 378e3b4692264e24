import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../../lambda/jobs/webhook/retry.ts';

const HOUR_MS = 3_600_000;

function delays(random: number): number[] {
  const found: number[] = [];
  for (let failures = 1; ; failures += 1) {
    const delay = retryDelayMs(failures, random);
    if (delay === undefined) return found;
    found.push(delay);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('a message is attempted for about an hour, each time after a longer wait', () => {
  const waits = delays(0);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits[0]).toBe(5_000);
  expect(sum(waits)).toBeGreaterThan(0.9 * HOUR_MS);
  expect(sum(delays(0.999))).toBeLessThan(1.1 * HOUR_MS);
});

test('attempts that failed together do not come together again', () => {
  expect(retryDelayMs(7, 0.9)).toBeGreaterThan((retryDelayMs(7, 0.1) ?? 0) + 60_000);
});
