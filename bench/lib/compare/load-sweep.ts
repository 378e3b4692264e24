import { percentile } from '../../../scripts/lib/statistics.ts';
import { ask } from '../load/ask.ts';
import type { MeasuredLoad } from '../load/client.ts';
import type { LoadRound, Result } from '../result.ts';
import { step } from '../step.ts';
import type { RunningSubject } from '../subjects/running-subject.ts';
import { turns } from '../turns.ts';
import { singles } from '../workload.ts';
import type { Context } from './context.ts';

const WARM_UP = { clients: 8, seconds: 2 };

/**
 * Latency and throughput of all servers with more and more clients, in turns, and their memory afterwards.
 */
export async function sweepLoad(
  context: Context,
  servers: readonly RunningSubject[],
): Promise<Pick<Result, 'load' | 'memory'>> {
  const { plan } = context;
  const requests = singles(context);
  const measure = (server: RunningSubject, load: { readonly clients: number; readonly seconds: number }) =>
    ask(context.client, server, {
      protocol: server.subject.protocol,
      requests,
      clients: load.clients,
      length: { seconds: load.seconds },
    });
  for (const server of servers) await measure(server, WARM_UP);

  const found = new Map<string, LoadRound[]>();
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { clients, seconds } of plan.clients) {
      step(`Load, round ${round + 1} of ${plan.rounds}: ${clients} clients`);
      for (const server of turns(servers, round)) {
        const { cpuSeconds, ...load } = await measure(server, { clients, seconds });
        const key = `${server.subject.id} ${clients}`;
        found.set(key, [...(found.get(key) ?? []), summarise(load, cpuSeconds)]);
      }
    }
  }
  return {
    load: servers.flatMap(({ subject }) =>
      plan.clients.map(({ clients }) => ({
        subject: subject.id,
        clients,
        rounds: found.get(`${subject.id} ${clients}`) ?? [],
      })),
    ),
    memory: await Promise.all(
      servers.map(async ({ subject, usage }) => {
        const { peakMiB, anonymousMiB } = await usage();
        return { subject: subject.id, peakMiB, anonymousMiB };
      }),
    ),
  };
}

/** @throws Error if no answer is correct. */
export function summarise(
  { seconds, latenciesMs, refused, answered }: MeasuredLoad,
  cpuSeconds: number,
): LoadRound {
  const answers = latenciesMs.length;
  if (answers === 0) throw new Error(`Expected answers within ${seconds.toFixed(1)} s, got none`);
  return {
    answers,
    perSecond: answers / seconds,
    refusedPerSecond: refused / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuMsPerAnswer: (cpuSeconds * 1000) / answered,
  };
}
