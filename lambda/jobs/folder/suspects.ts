import { ServiceError } from '../../errors.ts';
import type { InputResult } from '../result.ts';
import type { ActiveJob, InputWorker } from './input-worker.ts';
import type { StoredInput, Suspect } from './store/inputs.ts';
import type { Store } from './store/store.ts';

/** Enough for a process that is often ended from outside. */
const MAX_ATTEMPTS = 10;

/** An input that was in work when the process ended, and what to do about it. */
export interface SuspectInput {
  readonly job: ActiveJob;
  readonly input: StoredInput;
  /** Whether the process ended so often during this input that it probably is the reason. */
  readonly isGuilty: boolean;
}

/**
 * The inputs that were in work when the process ended. One of them may have ended it, such as a photo that makes a decoder
 * crash. So each is tried again alone, and not without end: it costs itself only.
 */
export function findSuspects(
  { inputs }: Pick<Store<unknown>, 'inputs'>,
  active: ReadonlyMap<number, ActiveJob>,
): readonly SuspectInput[] {
  return inputs.suspects().flatMap(({ job: number, position, count }: Suspect) => {
    const job = active.get(number);
    const input = inputs.get(number, position);
    return job && input ? [{ job, input, isGuilty: count >= MAX_ATTEMPTS }] : [];
  });
}

export async function clearUp({ job, input, isGuilty }: SuspectInput, worker: InputWorker): Promise<void> {
  await (isGuilty ? worker.finish(job, givenUp(input)) : worker.classify(job, input));
}

const givenUp = ({ position, input }: StoredInput): InputResult => ({
  index: position,
  input,
  model: undefined,
  outcome: {
    error: new ServiceError(
      'internal',
      `The service ended ${MAX_ATTEMPTS} times while it classified this image.`,
    ),
  },
});
