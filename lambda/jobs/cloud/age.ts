import type { Executions } from './executions/executions.ts';

/** Minutes since the oldest running job was started; 0 if none runs. */
export async function oldestMinutes(jobs: Executions): Promise<number> {
  const now = Date.now();
  let oldest = now;
  for await (const { startedAt } of jobs.running()) oldest = Math.min(oldest, startedAt.getTime());
  return (now - oldest) / 60_000;
}
