import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { turns } from '../turns.ts';
import { knownPhoto } from '../workload.ts';
import type { Context } from './context.ts';

/** Seconds from the command to the first right prediction, one server at a time, in turns. */
export async function measureStarts(
  context: Context,
  subjects: readonly Subject[],
): Promise<Result['starts']> {
  const known = await knownPhoto(context);
  const found = new Map<string, number[]>(subjects.map(({ id }) => [id, []]));
  for (let round = 0; round <= context.plan.starts; round += 1) {
    step(`Starts, round ${round} of ${context.plan.starts}`);
    for (const subject of turns(subjects, round)) {
      await using server = await startSubject(subject, known);
      // The first round reads everything from the disk.
      if (round > 0) found.get(subject.id)?.push(server.startSeconds);
    }
  }
  return subjects.map(({ id }) => ({ subject: id, seconds: found.get(id) ?? [] }));
}
