import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * CPUs that this process may use: its cores, or the CPU time that its container is limited to, whichever is less. `1.5`
 * is a limit of 150 ms of CPU time in every 100 ms.
 *
 * Node.js counts cores (`os.availableParallelism()`); of a limit on CPU time it knows on control groups v2 only, and
 * there in whole CPUs. A container sees its own group at the root of the file system of control groups: as
 * `cpu.max`, "QUOTA PERIOD" or "max PERIOD" in v2, and as `cpu.cfs_quota_us`, -1 without a limit, in v1
 * (docs.kernel.org/admin-guide/cgroup-v2.html and /scheduler/sched-bwc.html; microseconds). Outside of a container the
 * root has no limit.
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
    // Another version of control groups, or no Linux.
    return undefined;
  }
}
