import { predictionsOf } from '../load/predictions.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { turns } from '../turns.ts';
import { knownPhoto, singles } from '../workload.ts';
import type { Context } from './context.ts';

/** First eight clients, then a crowd. */
const CLIENTS = [8, 32];

/**
 * Memory of a new process of each server after a fixed number of predictions, because it grows with the
 * length of the load.
 */
export async function measureMemory(
  context: Context,
  subjects: readonly Subject[],
): Promise<Result['memory']> {
  const { memoryRounds, memoryPredictions } = context.plan;
  const requests = singles(context);
  const known = await knownPhoto(context);
  const found = subjects.map((subject) => ({
    subject,
    loads: CLIENTS.map((clients, index) => ({
      subject: subject.id,
      clients,
      predictions: (index + 1) * memoryPredictions,
      rounds: [] as Result['memory'][number]['rounds'],
    })),
  }));
  for (let round = 0; round < memoryRounds; round += 1) {
    step(`Memory, round ${round + 1} of ${memoryRounds}`);
    for (const { subject, loads } of turns(found, round)) {
      await using server = await startSubject(subject, known);
      for (const { clients, rounds } of loads) {
        await predictionsOf(context.client, server, requests, { clients, predictions: memoryPredictions });
        const { peakMiB, anonymousMiB } = await server.usage();
        rounds.push({ peakMiB, anonymousMiB });
      }
    }
  }
  return found.flatMap(({ loads }) => loads);
}
