import type { JobId, Owner, UploadId } from '../ids.ts';
import type { Range } from './ranges.ts';

/** Positions have so many digits in keys, so that keys sort as positions do. */
export const POSITION_DIGITS = 10;

export const position = (number: number): string => String(number).padStart(POSITION_DIGITS, '0');

const rangeName = ([first, last]: Range): string => `${position(first)}-${position(last)}`;

/** The keys of the jobs bucket. */
export const keys = {
  upload: (owner: Owner, id: UploadId) => `uploads/${owner}/${id}`,
  request: (id: JobId) => `jobs/${id}/request.json`,
  batch: (id: JobId, range: Range) => `jobs/${id}/inputs/${rangeName(range)}.json`,
  /** The items of the Distributed Map. */
  batches: (id: JobId) => `jobs/${id}/batches.json`,
  prepared: (id: JobId) => `jobs/${id}/prepared.json`,
  closing: (id: JobId) => `jobs/${id}/closing.json`,
  finished: (id: JobId) => `jobs/${id}/finished.json`,
  parts: (id: JobId) => `results/${id}/parts/`,
  failures: (id: JobId) => `results/${id}/failed/`,
  part: (id: JobId, range: Range) => `results/${id}/parts/${rangeName(range)}.ndjson`,
  failed: (id: JobId, range: Range) => `results/${id}/failed/${rangeName(range)}`,
  /** @param part from 1. */
  results: (id: JobId, part: number) => `results/${id}/results-${part}.ndjson`,
} as const;

const RANGE_NAME = new RegExp(`/(\\d{${POSITION_DIGITS}})-(\\d{${POSITION_DIGITS}})(?:\\.[a-z]+)?$`);

/** The range in the key of a part or of a batch. Undefined for any other key. */
export function rangeOf(key: string): Range | undefined {
  const match = RANGE_NAME.exec(key);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
