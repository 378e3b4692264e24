import type { InputRows } from './store/inputs.ts';
import type { StoredJob } from './store/jobs.ts';

/** Some tens of KB, or a few hundred with explanations. */
const ROWS_AT_ONCE = 64;

/**
 * The lines of a job that has ended, a page at a time: a client that reads slowly, or stops, holds nothing.
 *
 * @throws Error if lines are missing, because the job was deleted meanwhile.
 */
export async function* streamResults(
  inputs: Pick<InputRows, 'results'>,
  { number, succeeded, failed }: Pick<StoredJob, 'number' | 'succeeded' | 'failed'>,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for (let after = -1; ; ) {
    const page = inputs.results(number, after, ROWS_AT_ONCE);
    const last = page.at(-1);
    if (!last) break;
    yield Buffer.from(page.map(({ line }) => `${line}\n`).join(''));
    after = last.position;
    count += page.length;
  }
  if (count !== succeeded + failed)
    throw new Error(`Expected ${succeeded + failed} results of a job, got ${count}.`);
}
