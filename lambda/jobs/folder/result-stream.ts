import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InputRows } from './store/inputs.ts';
import type { StoredJob } from './store/jobs.ts';

/** A page ends with the line that reaches this. The longest lines, with a thousand classes, have about 110 KB each. */
const PAGE_BYTES = 32 * 1024;

/**
 * The lines of a job that has ended, a page at a time. Nothing is kept between two pages, so a client that reads slowly, or
 * stops, holds one page.
 *
 * @throws Error if lines are missing, because the job was deleted meanwhile.
 */
export async function* streamResults(
  inputs: Pick<InputRows, 'results'>,
  { number, succeeded, failed }: Pick<StoredJob, 'number' | 'succeeded' | 'failed'>,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for (let after = -1; ; ) {
    // Other requests get a turn, and the server sends a page before it asks for the next.
    await nextTurn();
    const lines: Uint8Array[] = [];
    let bytes = 0;
    for (const { position, line } of inputs.results(number, after)) {
      lines.push(line);
      after = position;
      bytes += line.byteLength;
      if (bytes >= PAGE_BYTES) break;
    }
    if (lines.length === 0) break;
    yield Buffer.concat(lines, bytes);
    count += lines.length;
  }
  if (count !== succeeded + failed)
    throw new Error(`Expected ${succeeded + failed} results of a job, got ${count}.`);
}
