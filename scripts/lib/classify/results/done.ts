import { resolve } from 'node:path';
import type { ErrorCode } from '../../../../lambda/errors.ts';
import { keptPath } from '../photos/kept-path.ts';
import type { ResultFormat } from './format.ts';
import { readRecords } from './records.ts';

/** What earlier runs have done. */
export interface Done {
  /** Absolute paths. */
  readonly files: ReadonlySet<string>;
  /** How many photos failed, by code. */
  readonly failures: ReadonlyMap<ErrorCode, number>;
  /** Where the results of the last complete photo end, in bytes. 0 if even the heading is torn. */
  readonly end: number;
}

export const NOTHING_DONE: Done = { files: new Set(), failures: new Map(), end: 0 };

/**
 * Reads a file of results up to its last complete photo.
 *
 * @throws Error in one line for a record that this command does not write.
 */
export async function readDone(path: string, format: ResultFormat): Promise<Done> {
  const files = new Set<string>();
  const failures = new Map<ErrorCode, number>();
  let end = 0;
  let number = 0;
  for await (const { text, end: recordEnd } of readRecords(path, format.hasQuotes)) {
    number += 1;
    if (number === 1 && format.heading !== '') {
      if (text !== format.heading.trimEnd()) throw unexpected(path, number);
      end = recordEnd;
      continue;
    }
    const record = format.read(text);
    if (!record) throw unexpected(path, number);
    const { file, problem, isLast } = record;
    if (!isLast) continue;
    files.add(keptPath(resolve(file)));
    if (problem) failures.set(problem, (failures.get(problem) ?? 0) + 1);
    end = recordEnd;
  }
  return { files, failures, end };
}

const unexpected = (path: string, record: number): Error =>
  new Error(
    `${path}: expected the results of an earlier run, got something else in record ${record}; --restart begins again`,
  );
