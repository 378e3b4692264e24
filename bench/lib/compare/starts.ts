import { INT8_BUNDLE } from '../paths.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import { bundledBareRun, startBareRunner } from '../subjects/bare-runner.ts';
import { startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { turns } from '../turns.ts';
import { knownPhoto } from '../workload.ts';
import type { Context } from './context.ts';

/**
 * Seconds from the command to the first right prediction, one server at a time, in turns. Before each round,
 * a process that only loads the model and runs it once.
 */
export async function measureStarts(
  context: Context,
  subjects: readonly Subject[],
): Promise<Pick<Result, 'starts' | 'bareProcess'>> {
  const known = await knownPhoto(context);
  const found = new Map<string, number[]>(subjects.map(({ id }) => [id, []]));
  const bareProcess = { startSeconds: [] as number[], peakMiB: [] as number[] };
  for (let round = 0; round <= context.plan.starts; round += 1) {
    step(`Starts, round ${round} of ${context.plan.starts}`);
    // The first round reads everything from the disk.
    const counts = round > 0;
    {
      await using bare = await startBareRunner('this service', bundledBareRun(INT8_BUNDLE, context.cores));
      const { peakMiB } = await bare.usage();
      if (counts) bareProcess.startSeconds.push(bare.startSeconds);
      if (counts) bareProcess.peakMiB.push(peakMiB);
    }
    for (const subject of turns(subjects, round)) {
      await using server = await startSubject(subject, known);
      if (counts) found.get(subject.id)?.push(server.startSeconds);
    }
  }
  return { starts: subjects.map(({ id }) => ({ subject: id, seconds: found.get(id) ?? [] })), bareProcess };
}
