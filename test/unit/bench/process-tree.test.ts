import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { descendants, parseStat, usageOfTree } from '../../../bench/lib/machine/process-tree.ts';

describe('parseStat', () => {
  it('accepts a name with spaces and parentheses, and adds ended children', () => {
    const text =
      '4321 (tmux: (server) 1) S 17 4321 4321 0 -1 4194368 1 2 3 4 150 50 25 75 20 0 1 0 987 654 321';
    expect(parseStat(text)).toEqual({ pid: 4321, parent: 17, cpuSeconds: 3 });
  });
});

describe('descendants', () => {
  const process = (pid: number, parent: number) => ({ pid, parent, cpuSeconds: 0 });

  it('finds grandchildren in any order, and no other processes', () => {
    const all = [process(9, 5), process(5, 2), process(2, 1), process(3, 1), process(8, 3)];
    expect(descendants(all, 2).map(({ pid }) => pid)).toEqual([2, 5, 9]);
    expect(descendants(all, 77)).toEqual([]);
  });
});

describe.runIf(existsSync('/proc/self/stat'))('usageOfTree', () => {
  it('counts the memory and the time of a child', async () => {
    const before = await usageOfTree(process.pid);
    const work = 'const filled = Buffer.alloc(64 * 2 ** 20, 1); while (process.cpuUsage().user < 200_000);';
    const child = spawn(
      process.execPath,
      ['-e', `${work} console.log(filled.length); setInterval(() => {}, 1e6)`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const after = await usageOfTree(process.pid);
    const childAlone = await usageOfTree(child.pid as number);
    child.kill();
    expect(childAlone.peakMiB).toBeGreaterThan(64);
    expect(after.peakMiB - before.peakMiB).toBeGreaterThanOrEqual(childAlone.peakMiB);
    expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThanOrEqual(0.19);
  });

  it('throws if the process has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await expect(usageOfTree(child.pid as number)).rejects.toThrow('has ended');
  });
});
