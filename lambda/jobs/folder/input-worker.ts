import type { ClassifyInput } from '../classify-input.ts';
import type { Owner } from '../ids.ts';
import type { FormatResult, InputResult } from '../result.ts';
import type { Pauses } from './pauses.ts';
import type { Room } from './room.ts';
import type { StoredInput } from './store/inputs.ts';
import type { Store } from './store/store.ts';

/** A job that is worked on. */
export interface ActiveJob {
  readonly number: number;
  readonly owner: Owner;
  /** Where to look for the next input without a result. */
  position: number;
  /** Ends all work on the job. */
  readonly abort: AbortController;
}

export interface InputWorker {
  /**
   * Classifies one input, and puts its result in the table. While there is no room for it, it waits. If the service does
   * not have the model of the job, the job ends instead: all its other inputs would fail, one by one.
   *
   * @throws the reason of the job's signal; an error of the disk or of our own.
   */
  classify(job: ActiveJob, input: StoredInput): Promise<void>;
  /** Puts a result in the table. @throws as `classify` */
  finish(job: ActiveJob, result: InputResult): Promise<void>;
}

export interface InputWorkerDependencies {
  readonly store: Pick<Store<unknown>, 'database' | 'jobs' | 'inputs'>;
  /** Classifies the inputs of an owner's jobs. */
  readonly classifierOf: (owner: Owner) => ClassifyInput;
  readonly format: FormatResult;
  readonly pauses: Pauses;
  readonly room: Room;
  readonly now: () => number;
  /** @param model `NAME@VERSION` */
  readonly isServed: (model: string) => boolean;
  /** Called if the service does not have the model of a job. @throws ServiceError `storage_full` to be called again */
  readonly onModelGone: (job: ActiveJob, model: string) => void;
  /** Called when the last input of a job has its result. @throws ServiceError `storage_full` to be called again */
  readonly onLast: (job: ActiveJob) => void;
}

export function createInputWorker(dependencies: InputWorkerDependencies): InputWorker {
  const { store, classifierOf, format, pauses, room, now, isServed, onModelGone, onLast } = dependencies;
  const { database, jobs, inputs } = store;

  async function finish(job: ActiveJob, result: InputResult): Promise<void> {
    const { number, abort } = job;
    const line = format(result);
    await pauses.untilRoom(() => {
      room.requireForResult(Buffer.byteLength(line));
      database.record(() => {
        inputs.abandon(number, result.index);
        if (inputs.addResult(number, result.index, line)) jobs.addResult(number, 'error' in result.outcome);
      });
    }, abort.signal);
    const { total, succeeded, failed } = jobs.at(number);
    const pending = total - succeeded - failed;
    room.shrinkJob(number, Buffer.byteLength(line), pending / (pending + 1));
    if (pending === 0) await pauses.untilRoom(() => onLast(job), abort.signal);
  }

  return {
    finish,
    async classify(job, { position: index, input }) {
      const { number, owner, abort } = job;
      const { model, topK, explain } = jobs.at(number);
      if (!isServed(model)) return pauses.untilRoom(() => onModelGone(job, model), abort.signal);
      const classify = classifierOf(owner);
      const begin = () => {
        jobs.setStarted(number, now());
        inputs.begin(number, index);
      };
      await pauses.untilRoom(() => database.record(begin), abort.signal);
      try {
        const item = { index, input, model, options: { topK, explain } };
        await finish(job, await classify(item, abort.signal));
      } catch (error) {
        // The end of this work is not the end of the process, so the input is not a suspect.
        if (abort.signal.aborted) database.record(() => inputs.abandon(number, index));
        throw error;
      }
    },
  };
}
