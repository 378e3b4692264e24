import { getHeapStatistics } from 'node:v8';
import { round } from '../requests.ts';
import { residentBytes } from '../resident-memory.ts';
import type { Second } from './second.ts';

type Usage = Pick<Second, 'cpu_percent' | 'rss_bytes' | 'heap_bytes'>;

/**
 * @param cpus that the process may use.
 * @returns a function that reads what the process uses: CPU time since its last call, and memory now.
 */
export function createUsage(cpus: number): () => Usage {
  let lastAt = performance.now();
  let last = process.cpuUsage();
  return () => {
    const now = performance.now();
    const used = process.cpuUsage();
    const usedMs = (used.user - last.user + used.system - last.system) / 1000;
    const percent = (100 * usedMs) / Math.max(1, (now - lastAt) * cpus);
    lastAt = now;
    last = used;
    return {
      cpu_percent: round(Math.min(100, percent), 1),
      rss_bytes: residentBytes(),
      heap_bytes: getHeapStatistics().used_heap_size,
    };
  };
}
