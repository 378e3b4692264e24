import { percentile } from '../../../scripts/lib/statistics.ts';
import { ask } from '../load/ask.ts';
import type { MeasuredLoad } from '../load/client.ts';
import type { LoadRound, Result } from '../result.ts';
import { step } from '../step.ts';
import { type RunningSubject, startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { turns } from '../turns.ts';
import { knownPhoto, singles } from '../workload.ts';
import type { Context } from './context.ts';

const WARM_UP = { clients: 8, seconds: 2 };

/** One server with one number of clients, in one round. */
interface LoadMeasurement {
  readonly subject: string;
  readonly clients: number;
  readonly round: LoadRound;
}

/**
 * One round: latency and throughput of new processes of all servers with more and more clients, in turns.
 *
 * @param round counts from 0.
 */
export async function measureLoadRound(
  context: Context,
  subjects: readonly Subject[],
  round: number,
): Promise<LoadMeasurement[]> {
  const { plan, client } = context;
  const requests = singles(context);
  await using running = new AsyncDisposableStack();
  const servers: RunningSubject[] = [];
  for (const subject of subjects)
    servers.push(running.use(await startSubject(subject, await knownPhoto(context))));
  const measure = (server: RunningSubject, clients: number, seconds: number) =>
    ask(client, server, { protocol: server.subject.protocol, requests, clients, length: { seconds } });
  for (const server of servers) await measure(server, WARM_UP.clients, WARM_UP.seconds);

  const found: LoadMeasurement[] = [];
  for (const { clients, seconds } of plan.clients) {
    step(`Load, round ${round + 1} of ${plan.rounds}: ${clients} clients`);
    for (const server of turns(servers, round)) {
      const { cpuSeconds, ...load } = await measure(server, clients, seconds);
      found.push({ subject: server.subject.id, clients, round: summarise(load, cpuSeconds) });
    }
  }
  return found;
}

/** The rounds of each server with each number of clients. */
export function joinRounds(
  { plan }: Pick<Context, 'plan'>,
  subjects: readonly Pick<Subject, 'id'>[],
  rounds: readonly (readonly LoadMeasurement[])[],
): Result['load'] {
  return subjects.flatMap(({ id }) =>
    plan.clients.map(({ clients }) => ({
      subject: id,
      clients,
      rounds: rounds
        .flat()
        .filter((entry) => entry.subject === id && entry.clients === clients)
        .map(({ round }) => round),
    })),
  );
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
