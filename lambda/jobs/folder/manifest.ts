import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServiceError } from '../../errors.ts';
import type { JobInput } from '../engine.ts';
import { MAX_LINE_BYTES, parseLine, UnusableSource, wrongLine } from '../sources/manifest-line.ts';
import type { EndJob } from './ending.ts';
import { estimateResults } from './result-estimate.ts';
import type { Room } from './room.ts';
import type { Store } from './store/store.ts';
import type { UploadFiles } from './upload-files.ts';

/** Of one job. */
const MAX_INPUTS = 100_000;
/** Blank ones count too, because they take time. */
const MAX_LINES = 2 * MAX_INPUTS;
/** A transaction with this many takes about 10 ms. */
const ROWS_AT_ONCE = 500;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';
/** This server reads no buckets. */
const NO_SOURCES = [] as const;

/**
 * Reads the manifest of a job into the table of its inputs, piece by piece. If the process ends, the next start goes on
 * where it stopped. A job whose manifest is wrong fails, and so does one whose results will not fit: to wait for room could
 * take days, and would hold up the jobs behind it.
 *
 * @throws ServiceError `storage_full`; the reason of `signal`; an error of the disk.
 */
export type ReadManifest = (job: number, signal: AbortSignal) => Promise<void>;

export interface ManifestDependencies {
  readonly store: Pick<Store<unknown>, 'database' | 'jobs' | 'inputs'>;
  readonly files: UploadFiles;
  readonly room: Room;
  readonly endJob: EndJob;
}

export function createManifestReader({ store, files, room, endJob }: ManifestDependencies): ReadManifest {
  const { database, jobs, inputs } = store;

  /** @param lines with their line breaks. */
  function addLines(job: number, lines: readonly Uint8Array[], bytes: number): void {
    const { manifestLines, manifestInputs, topK, explain } = jobs.at(job);
    if (manifestLines + lines.length > MAX_LINES)
      throw new UnusableSource(`Expected a manifest with at most ${MAX_LINES} lines, got more.`);
    const found = lines.flatMap((line, offset) => inputOf(line, manifestLines + offset + 1) ?? []);
    if (manifestInputs + found.length > MAX_INPUTS)
      throw new UnusableSource(`Expected a manifest with at most ${MAX_INPUTS} inputs, got more.`);
    const needed = estimateResults({ topK, explain }, { count: found.length, bytes });
    try {
      room.reserve('job', job, needed);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new UnusableSource(`There is no room for the results of this manifest. ${error.detail}`);
    }
    database.record(() => {
      for (const [offset, input] of found.entries()) inputs.add(job, manifestInputs + offset, input);
      jobs.addManifestPart(job, { bytes, lines: lines.length, inputs: found.length });
    });
  }

  /** Adds the lines of the pieces of a file. */
  function lineTaker(job: number, signal: AbortSignal) {
    let rest = Buffer.alloc(0);

    async function takeWhole(bytes: Buffer): Promise<void> {
      for (let start = 0; start < bytes.length; ) {
        const lines: Buffer[] = [];
        let end = start;
        while (lines.length < ROWS_AT_ONCE && end < bytes.length) {
          const next = bytes.indexOf(LINE_FEED, end) + 1 || bytes.length;
          lines.push(bytes.subarray(end, next));
          end = next;
        }
        addLines(job, lines, end - start);
        start = end;
        await nextTurn();
        signal.throwIfAborted();
      }
    }
    return {
      async take(piece: Uint8Array): Promise<void> {
        const bytes = Buffer.concat([rest, piece]);
        const whole = bytes.lastIndexOf(LINE_FEED) + 1;
        await takeWhole(bytes.subarray(0, whole));
        rest = bytes.subarray(whole);
        requireLineLength(rest, jobs.at(job).manifestLines + 1);
      },
      end: () => takeWhole(rest),
    };
  }

  return async (job, signal) => {
    const { manifest, manifestBytes } = jobs.at(job);
    if (manifest === null) throw new TypeError('Expected a job with a manifest.');
    const { take, end } = lineTaker(job, signal);
    try {
      if (!(await files.read(manifest, take, signal, manifestBytes)))
        throw new UnusableSource('The manifest was deleted before the job read it.');
      await end();
      signal.throwIfAborted();
      if (jobs.at(job).manifestInputs === 0) throw new UnusableSource('The manifest has no inputs.');
      database.record(() => jobs.setPrepared(job));
    } catch (error) {
      if (!(error instanceof UnusableSource)) throw error;
      endJob(job, 'failed', error.message);
    }
  };
}

/** @param number of the line, from 1. */
function inputOf(line: Uint8Array, number: number): JobInput | undefined {
  requireLineLength(line, number);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    throw wrongLine(number, 'expected UTF-8, got other bytes');
  }
  return parseLine(number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text, number, NO_SOURCES);
}

function requireLineLength(line: Uint8Array, number: number): void {
  if (line.byteLength > MAX_LINE_BYTES)
    throw wrongLine(number, `expected at most ${MAX_LINE_BYTES} bytes, got more`);
}
