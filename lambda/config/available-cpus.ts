import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * CPUs that this process may use: its cores or the CPU limit of its container, whichever is less. `1.5` means
 * 150 ms of CPU time in every 100 ms.
 *
 * Node.js counts cores (`os.availableParallelism()`). It reads CPU limits from control groups v2 only, and
 * rounds them to whole CPUs. A container sees its own limit at the root of the control group file system, in
 * microseconds: `cpu.max` holds "QUOTA PERIOD" or "max PERIOD" in v2; `cpu.cfs_quota_us` holds the quota, or
 * -1 without a limit, in v1 (docs.kernel.org/admin-guide/cgroup-v2.html and /scheduler/sched-bwc.html).
 * Outside a container the root has no limit.
 */
export function availableCpus(root = '/sys/fs/cgroup', cores = availableParallelism()): number {
  const [quota, period] = read(`${root}/cpu.max`)?.split(' ') ?? [
    read(`${root}/cpu/cpu.cfs_quota_us`),
    read(`${root}/cpu/cpu.cfs_period_us`),
  ];
  const limit = Number(quota) / Number(period);
  return limit > 0 ? Math.min(cores, limit) : cores;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Another version of control groups, or not Linux.
    return undefined;
  }
}
