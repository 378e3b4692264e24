import { ServiceError } from '../../errors.ts';
import type { InputResult } from '../result.ts';
import type { ActiveJob, InputWorker } from './input-worker.ts';
import type { StoredInput, Suspect } from './store/inputs.ts';
import type { Store } from './store/store.ts';

/** Few processes are ended from outside this often while they work on the same image. */
const MAX_ATTEMPTS = 10;
/** How long the others are worked on before an input that was in progress more than once is tried again. In milliseconds. */
export const QUIET_MS = 2000;

/** An input that was in progress when the process ended. */
export interface SuspectInput {
  readonly job: ActiveJob;
  readonly input: StoredInput;
  /** How often that has happened. */
  readonly count: number;
}

/**
 * The inputs that were in progress when the process ended. One of them may have ended it, such as a photo that makes a decoder
 * crash. So each is tried again alone, those that were in progress more than once after others, and not without end: it costs
 * itself only.
 */
export function findSuspects(
  { inputs }: Pick<Store<unknown>, 'inputs'>,
  active: ReadonlyMap<number, ActiveJob>,
): { readonly once: readonly SuspectInput[]; readonly again: readonly SuspectInput[] } {
  const found = inputs.suspects().flatMap(({ job: number, position, count }: Suspect) => {
    const job = active.get(number);
    const input = inputs.get(number, position);
    return job && input ? [{ job, input, count }] : [];
  });
  return {
    once: found.filter(({ count }) => count === 1),
    again: found.filter(({ count }) => count > 1),
  };
}

export async function clearUp({ job, input, count }: SuspectInput, worker: InputWorker): Promise<void> {
  await (count >= MAX_ATTEMPTS ? worker.finish(job, givenUp(input)) : worker.classify(job, input));
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
