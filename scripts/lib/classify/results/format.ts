import type { ErrorCode } from '../../../../lambda/errors.ts';
import type { PhotoAnswer } from '../answer.ts';

export interface ModelRef {
  readonly name: string;
  readonly version: string;
}

/** One line of a file of results. */
export interface ReadRecord {
  readonly file: string;
  /** Undefined if the photo was classified. */
  readonly problem: ErrorCode | undefined;
  /** Whether it is the last record of its photo. */
  readonly isLast: boolean;
}

/** How results are written, and read back by a later run. */
export interface ResultFormat {
  readonly name: 'ndjson' | 'csv';
  /** The file begins with it. */
  readonly heading: string;
  /** Whether a line break between quotes is a part of the record. */
  readonly hasQuotes: boolean;
  /** All records of a photo, each with its line break. */
  write(file: string, answer: PhotoAnswer): string;
  /** @param record without its line break. @returns undefined for what this format does not write. */
  read(record: string): ReadRecord | undefined;
}
