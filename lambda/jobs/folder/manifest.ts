import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobInput } from '../engine.ts';
import { isUploadId } from '../ids.ts';
import type { EndJob } from './ending.ts';
import type { Room } from './room.ts';
import type { Store } from './store/store.ts';
import type { UploadFiles } from './upload-files.ts';

/** Of one job. Each takes about 1 KB of the folder with its result. */
const MAX_INPUTS = 100_000;
/** The longest URL that is fetched has 2048 characters. */
const MAX_LINE_BYTES = 4096;
/** A transaction with this many takes about 10 ms. */
const ROWS_AT_ONCE = 500;
const ROW_OVERHEAD_BYTES = 64;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads the manifest of a job into the table of its inputs, piece by piece. If the process ends, the next start goes on
 * where it stopped.
 *
 * @throws ServiceError `storage_full`; the reason of `signal`; an error of the disk.
 */
export type ReadManifest = (job: number, signal: AbortSignal) => Promise<void>;

export interface ManifestDependencies {
  readonly store: Store<unknown>;
  readonly files: UploadFiles;
  readonly room: Room;
  readonly endJob: EndJob;
}

/** What is wrong with a manifest. The job fails. */
class ManifestError extends Error {}

export function createManifestReader({ store, files, room, endJob }: ManifestDependencies): ReadManifest {
  const { database, jobs, inputs } = store;

  function addRows(job: number, lines: readonly string[], bytes: number): void {
    room.requireForJobs(bytes + lines.length * ROW_OVERHEAD_BYTES);
    database.record(() => {
      const { manifestBytes, manifestInputs } = jobs.at(job);
      const items = lines.map(inputOfLine).filter((input) => input !== undefined);
      if (manifestInputs + items.length > MAX_INPUTS)
        throw new ManifestError(`Expected a manifest with at most ${MAX_INPUTS} inputs, got more.`);
      for (const [offset, input] of items.entries()) inputs.add(job, manifestInputs + offset, input);
      jobs.addManifestInputs(job, items.length, manifestBytes + bytes);
    });
  }

  /** Takes the pieces of the file, and adds their whole lines. */
  function lineTaker(job: number, signal: AbortSignal) {
    let rest = Buffer.alloc(0);

    async function addLines(bytes: Buffer): Promise<void> {
      for (let start = 0; start < bytes.length; ) {
        const lines: string[] = [];
        let end = start;
        while (lines.length < ROWS_AT_ONCE && end < bytes.length) {
          const feed = bytes.indexOf(LINE_FEED, end);
          const next = feed === -1 ? bytes.length : feed + 1;
          if (next - end > MAX_LINE_BYTES) throw tooLong(jobs.at(job).manifestInputs + lines.length);
          lines.push(bytes.toString('utf8', end, next));
          end = next;
        }
        addRows(job, lines, end - start);
        start = end;
        await nextTurn();
        signal.throwIfAborted();
      }
    }
    return {
      async take(piece: Uint8Array): Promise<void> {
        const bytes = Buffer.concat([rest, piece]);
        const whole = bytes.lastIndexOf(LINE_FEED) + 1;
        rest = bytes.subarray(whole);
        if (rest.length > MAX_LINE_BYTES) throw tooLong(jobs.at(job).manifestInputs);
        await addLines(bytes.subarray(0, whole));
      },
      end: () => addLines(rest),
    };
  }

  return async (job, signal) => {
    const { manifest, manifestBytes } = jobs.at(job);
    if (manifest === null) throw new TypeError('Expected a job with a manifest.');
    const { take, end } = lineTaker(job, signal);
    try {
      if (!(await files.read(manifest, take, signal, manifestBytes)))
        throw new ManifestError('Expected a manifest, but its upload is gone.');
      await end();
      signal.throwIfAborted();
      if (jobs.at(job).manifestInputs === 0)
        throw new ManifestError('Expected a manifest with inputs, got none.');
      database.record(() => jobs.setPrepared(job));
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      endJob(job, 'failed', error.message);
    }
  };
}

/**
 * What is neither an upload nor an object of S3 counts as a URL. If it is none, that is the result of this input.
 *
 * @returns undefined for an empty line.
 */
function inputOfLine(line: string): JobInput | undefined {
  const text = line.replace(BYTE_ORDER_MARK, '').trim();
  if (text === '') return undefined;
  if (isUploadId(text)) return { upload_id: text };
  return text.startsWith('s3://') ? { s3: text } : { url: text };
}

const tooLong = (inputsBefore: number): ManifestError =>
  new ManifestError(
    `Expected a manifest with lines of at most ${MAX_LINE_BYTES} bytes, got a longer one after ${inputsBefore} inputs.`,
  );
