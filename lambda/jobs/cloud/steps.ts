import type { JobId } from '../ids.ts';
import type { FormatResult } from '../result.ts';
import { oldestMinutes } from './age.ts';
import type { ReportedEnd } from './executions/status.ts';
import { closeJob } from './finish/close.ts';
import { type FinishResult, finishJob } from './finish/finish.ts';
import type { MergeProgress } from './finish/merge.ts';
import { closeOverlooked, type OverlookedAccess } from './finish/overlooked.ts';
import { type PrepareProgress, type PrepareResult, prepareJob } from './prepare/prepare.ts';
import type { SourceAccess } from './sources/inputs.ts';
import type { RemainingWork } from './work/batch.ts';
import { type SplitWork, splitRange } from './work/split.ts';

/** What the state machine, the rule for its ends and the schedule ask for. */
export type StepEvent =
  | { readonly step: 'prepare'; readonly job_id: JobId; readonly continuation?: PrepareProgress }
  | ({ readonly step: 'split' } & SplitWork)
  | {
      readonly step: 'finish';
      readonly job_id: JobId;
      /** ISO 8601, of the execution. */
      readonly started_at: string;
      readonly continuation?: MergeProgress;
    }
  /** An execution failed, timed out or was stopped. `end` is missing if only Step Functions knows how. */
  | { readonly step: 'close'; readonly job_id: JobId; readonly end?: ReportedEnd }
  | { readonly step: 'age' };

export type StepResult = PrepareResult | FinishResult | RemainingWork | undefined;

export interface StepsSettings extends SourceAccess, OverlookedAccess {
  readonly format: FormatResult;
  readonly recordAge: (minutes: number) => void;
}

/** @param hasTime whether the function has time for more of the same work. */
export type Steps = (event: StepEvent, hasTime: () => boolean) => Promise<StepResult>;

export function createSteps(settings: StepsSettings): Steps {
  const { store, jobs, format, recordAge } = settings;
  return async (event, hasTime) => {
    switch (event.step) {
      case 'prepare':
        return prepareJob(event.job_id, event.continuation, settings, hasTime);
      case 'split':
        return splitRange(event, store, format);
      case 'finish':
        return finishJob(event.job_id, new Date(event.started_at), event.continuation, settings, hasTime);
      case 'close':
        await closeJob(event.job_id, settings, { hasTime, end: event.end });
        return undefined;
      case 'age':
        recordAge(await oldestMinutes(jobs));
        await closeOverlooked(settings, hasTime);
        return undefined;
      default:
        throw new TypeError(`Expected a step of a job, got ${JSON.stringify(event satisfies never)}`);
    }
  };
}
