import { percentile } from '../../../scripts/lib/statistics.ts';
import { ask } from '../load/ask.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { torch } from '../subjects/subjects.ts';
import { knownPhoto, singles } from '../workload.ts';
import type { Context } from './context.ts';

type Setting = Result['threadSweep'][number];

/**
 * Every setting of the PyTorch stack: one worker or one for each core, with one thread or one for each core.
 */
export async function sweepTorch(context: Context): Promise<Setting[]> {
  const counts = [...new Set([1, context.cores])];
  const settings: Setting[] = [];
  for (const workers of counts) {
    for (const threads of counts) {
      step(`PyTorch, workers: ${workers}, threads: ${threads}`);
      settings.push({ workers, threads, ...(await measure(context, torch(workers, threads))) });
    }
  }
  return settings;
}

async function measure(context: Context, subject: Subject) {
  await using server = await startSubject(subject, await knownPhoto(context));
  const order = {
    protocol: subject.protocol,
    requests: singles(context),
    length: { seconds: context.plan.sweepSeconds },
  };
  await ask(context.client, server, { ...order, clients: 8 });
  const one = await ask(context.client, server, { ...order, clients: 1 });
  const eight = await ask(context.client, server, { ...order, clients: 8 });
  return {
    p50Ms: percentile(one.latenciesMs, 0.5),
    perSecondOf8Clients: eight.latenciesMs.length / eight.seconds,
  };
}

/** For each number of workers, the number of threads with the highest throughput. */
export function bestSettings(settings: readonly Setting[]): Setting[] {
  const workers = [...new Set(settings.map((setting) => setting.workers))];
  return workers.flatMap((count) =>
    settings
      .filter((setting) => setting.workers === count)
      .sort((a, b) => b.perSecondOf8Clients - a.perSecondOf8Clients)
      .slice(0, 1),
  );
}
