import { measureOverhead } from '../overhead/measure.ts';
import { startOverheadPair } from '../overhead/pair.ts';
import { overheadPhoto } from '../photos.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { knownPhoto } from '../workload.ts';
import type { Context } from './context.ts';

/** What the service adds to the bare model, with one thread and with one for each core. */
export async function measureOverheads(context: Context): Promise<Result['overhead']> {
  step('HTTP over the bare run');
  const overhead: Result['overhead'] = [];
  const photo = await overheadPhoto();
  const { bareRounds, bareRuns } = context.plan;
  for (const threads of new Set([1, context.cores])) {
    await using pair = await startOverheadPair(await knownPhoto(context), threads);
    const [rounds = []] = await measureOverhead([pair], photo, { rounds: bareRounds, requests: bareRuns });
    overhead.push({ threads, rounds });
  }
  return overhead;
}
