import type { Owner } from '../ids.ts';
import type { EndJob } from './ending.ts';
import {
  type ActiveJob,
  createInputWorker,
  type InputWorker,
  type InputWorkerDependencies,
} from './input-worker.ts';
import type { ReadManifest } from './manifest.ts';
import { createRotation } from './rotation.ts';
import type { StoredInput } from './store/inputs.ts';
import type { Store } from './store/store.ts';
import { clearUp, findSuspects, QUIET_MS, type SuspectInput } from './suspects.ts';
import type { Turns } from './turns.ts';
import { createWakeable } from './wakeable.ts';

/** Inputs in progress at the same time: while one image is classified, the next ones are read and decoded. */
const AT_ONCE = 4;

/** Works on the jobs that have not ended. Their owners take turns, an input at a time, and so do the jobs of one owner. */
export interface Runner {
  /** Takes a job that has been accepted. */
  add(job: number): void;
  /** Ends the work on a job that has ended. */
  drop(job: number): void;
  /** Why a job does not go on at the moment. Undefined if it does. */
  pauseReason(job: number): string | undefined;
  /** Begins no other input. */
  stop(): void;
  /** Gives up the inputs in progress. Resolves when nothing uses the store any more. */
  close(): Promise<void>;
}

export interface RunnerDependencies extends Omit<InputWorkerDependencies, 'onLast' | 'onModelGone'> {
  readonly store: Store<unknown>;
  readonly readManifest: ReadManifest;
  readonly endJob: EndJob;
  readonly turns: Turns;
  /** Takes a sentence for the log. */
  readonly onProblem: (reason: string) => void;
  /** @default {@link AT_ONCE} */
  readonly atOnce?: number;
}

const STUCK = 'The job cannot go on. The log of the service says why.';

/** Goes on with the jobs in the store. */
export function startRunner(dependencies: RunnerDependencies): Runner {
  const { store, readManifest, endJob, turns, pauses, onProblem, atOnce = AT_ONCE } = dependencies;
  const { jobs, inputs } = store;
  const stopping = new AbortController();
  const bell = createWakeable();
  const active = new Map<number, ActiveJob>();
  /** Jobs that may have inputs that nobody has begun. */
  const rotation = createRotation<Owner, ActiveJob>();
  /** Of each owner whose inputs are in progress: how many. */
  const inWorkOf = new Map<Owner, number>();
  const stuck = new Set<number>();
  const inWork = new Set<Promise<void>>();
  /** Jobs whose manifest has to be read. */
  const unprepared = createRotation<Owner, ActiveJob>();
  let reading: Promise<void> | undefined;

  const worker: InputWorker = createInputWorker({
    ...dependencies,
    onLast({ number }) {
      endJob(number, 'succeeded');
      active.delete(number);
    },
    onModelGone({ number }, model) {
      endJob(number, 'failed', `The service was started without the model ${model} of this job.`);
      drop(number);
    },
  });

  function drop(number: number): void {
    active.get(number)?.abort.abort(new Error('The job has ended.'));
    active.delete(number);
    stuck.delete(number);
  }

  /** After an error of the disk or of our own, a job waits for the next start, and the others go on. */
  function setAside({ number, abort }: ActiveJob, error: unknown): void {
    if (abort.signal.aborted) return;
    abort.abort(error);
    active.delete(number);
    stuck.add(number);
    onProblem(`A job waits for the next start. ${(error as Error).message}`);
  }

  function activate(number: number): ActiveJob {
    const { owner } = jobs.at(number);
    const job = { number, owner, position: 0, abort: new AbortController() };
    active.set(number, job);
    return job;
  }

  function enter(job: ActiveJob): void {
    rotation.add(job.owner, job);
    bell.wake();
  }

  async function prepareNow(job: ActiveJob): Promise<void> {
    const { signal } = job.abort;
    try {
      await pauses.untilRoom(() => readManifest(job.number, signal), signal);
      if (jobs.at(job.number).finishedAt === null) enter(job);
      else active.delete(job.number);
    } catch (error) {
      setAside(job, error);
    }
  }

  /** One manifest after the other. The owners take turns. */
  async function readManifests(): Promise<void> {
    for (let job = unprepared.take(() => true); job; job = unprepared.take(() => true)) await prepareNow(job);
    reading = undefined;
  }

  function prepare(job: ActiveJob): void {
    unprepared.add(job.owner, job);
    reading ??= readManifests();
  }

  /** @returns undefined if all inputs have been begun. */
  function takeNext(): { readonly job: ActiveJob; readonly input: StoredInput } | undefined {
    // Inputs that take long, such as slow URLs of one owner, leave a place for the others.
    const mayHaveMore = (owner: Owner) => (inWorkOf.get(owner) ?? 0) < atOnce - 1;
    for (let job = rotation.take(mayHaveMore); job; job = rotation.take(mayHaveMore)) {
      if (job.abort.signal.aborted) continue;
      try {
        const input = inputs.nextPending(job.number, job.position);
        if (!input) continue;
        job.position = input.position + 1;
        rotation.add(job.owner, job);
        return { job, input };
      } catch (error) {
        setAside(job, error);
      }
    }
    return undefined;
  }

  function countInWork(owner: Owner, change: number): void {
    const count = (inWorkOf.get(owner) ?? 0) + change;
    if (count > 0) inWorkOf.set(owner, count);
    else inWorkOf.delete(owner);
  }

  function begin(job: ActiveJob, task: () => Promise<void>): Promise<void> {
    countInWork(job.owner, 1);
    const done = task()
      .catch((error: unknown) => setAside(job, error))
      .finally(() => {
        inWork.delete(done);
        countInWork(job.owner, -1);
        bell.wake();
      });
    inWork.add(done);
    return done;
  }

  async function clearUpAlone(suspect: SuspectInput): Promise<void> {
    await turns.next(stopping.signal);
    if (!suspect.job.abort.signal.aborted) await begin(suspect.job, () => clearUp(suspect, worker));
  }

  async function run(): Promise<void> {
    const { signal } = stopping;
    const { once, again } = findSuspects(store, active);
    for (const suspect of once) await clearUpAlone(suspect);
    const later = [...again];
    const laterAt = performance.now() + QUIET_MS;
    while (!signal.aborted) {
      const waitMs = later.length > 0 ? laterAt - performance.now() : undefined;
      const isTimeForLater = waitMs !== undefined && waitMs <= 0;
      if (isTimeForLater ? inWork.size > 0 : inWork.size >= atOnce || rotation.isEmpty()) {
        await bell.sleep(signal, isTimeForLater ? undefined : waitMs);
        continue;
      }
      const suspect = isTimeForLater ? later.shift() : undefined;
      if (suspect) {
        await clearUpAlone(suspect);
        continue;
      }
      await turns.next(signal);
      const next = takeNext();
      if (next) void begin(next.job, () => worker.classify(next.job, next.input));
    }
  }

  function resume(): void {
    for (const number of jobs.unfinished(true)) {
      const { total, succeeded, failed } = jobs.at(number);
      const job = activate(number);
      if (succeeded + failed < total) rotation.add(job.owner, job);
      // The process ended between the last result and the end of the job.
      else begin(job, () => pauses.untilRoom(() => endJob(number, 'succeeded'), job.abort.signal));
    }
    for (const number of jobs.unfinished(false)) prepare(activate(number));
  }

  resume();
  const running = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) onProblem(`No jobs are worked on. ${(error as Error).message}`);
  });

  const stop = (): void => stopping.abort(new Error('The service stops.'));
  return {
    add(number) {
      const job = activate(number);
      if (jobs.at(number).manifest === null) enter(job);
      else prepare(job);
    },
    drop,
    pauseReason: (number) => (stuck.has(number) ? STUCK : pauses.reason()),
    stop,
    async close() {
      stop();
      for (const { abort } of active.values()) abort.abort(stopping.signal.reason);
      await running;
      await Promise.all([...inWork, reading]);
    },
  };
}
