import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { availableCpus } from '../../../lambda/config/available-cpus.ts';

/** What a machine of 4 cores counts, with these files of control groups. */
function cpusWith(files: Readonly<Record<string, string>>): number {
  const root = mkdtempSync(join(tmpdir(), 'cgroup-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const cpus = availableCpus(root, 4);
  rmSync(root, { recursive: true });
  return cpus;
}

test.each([
  ['no limit', 'max 100000\n', 4],
  ['half a CPU', '50000 100000\n', 0.5],
  ['one and a half', '150000 100000\n', 1.5],
  ['a shorter period', '40000 20000\n', 2],
  ['more than the machine has', '800000 100000\n', 4],
  ['nonsense', 'nonsense\n', 4],
])('control groups v2, %s', (_what, text, cpus) => {
  expect(cpusWith({ 'cpu.max': text })).toBe(cpus);
});

test.each([
  ['no limit', '-1\n', 4],
  ['half a CPU', '50000\n', 0.5],
  ['more than the machine has', '800000\n', 4],
])('control groups v1, %s', (_what, quota, cpus) => {
  const files = { 'cpu/cpu.cfs_quota_us': quota, 'cpu/cpu.cfs_period_us': '100000\n' };
  expect(cpusWith(files)).toBe(cpus);
});

test('counts cores if there are no control groups', () => {
  expect(availableCpus('/nonexistent')).toBe(availableParallelism());
});
