import { MIB_PER_VCPU } from '../../../lambda/config.ts';
import type { Measurement } from '../../../scripts/lib/cost/durations.ts';
import { markdownTable } from '../../../scripts/lib/generated/markdown.ts';
import { spreadOf } from '../../../scripts/lib/statistics.ts';
import type { Result } from '../result.ts';
import { formatNumber, times, withSpread } from './format.ts';

/** Predictions with the share of a vCPU that a memory setting of Lambda buys, as ratios to one vCPU. */
export function shares({ points }: Measurement): string {
  const one = points.find(({ vcpuShare }) => vcpuShare === 1);
  return markdownTable(
    ['vCPU', 'Memory, MiB', 'Threads', 'p50, against one vCPU', 'p50, ms', 'p95, ms', 'CPU time, ms'],
    points.map(({ vcpuShare, threads, p50Ms, p95Ms, cpuMs }) => [
      vcpuShare,
      Math.round(vcpuShare * MIB_PER_VCPU).toLocaleString('en'),
      threads,
      one ? times(p50Ms / one.p50Ms) : '',
      formatNumber(p50Ms),
      formatNumber(p95Ms),
      formatNumber(cpuMs),
    ]),
  );
}

/** How the container starts with one vCPU. Undefined if Docker was not there. */
export function containerStarts({ container }: Result): string | undefined {
  if (!container) return undefined;
  const row = (text: string, seconds: readonly number[]) => [text, withSpread(spreadOf(seconds))];
  return markdownTable(
    ['', 's'],
    [
      row('`docker run` to the first prediction over HTTP', container.startSeconds),
      row('Init phase, as the Runtime Interface Emulator reports it', container.initSeconds),
    ],
  );
}
