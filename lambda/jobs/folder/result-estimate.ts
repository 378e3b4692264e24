import type { ClassifyOptions } from '../../prediction/predictor.ts';
import { longestLine } from '../longest-line.ts';

/** Of a row and its index. */
const ROW_BYTES = 64;
/** SQLite's page. A row does not begin on a page that is too full for it. */
const PAGE_BYTES = 4096;

/**
 * The room that results will take, an upper bound.
 *
 * @param inputs how many there are, and how many bytes of JSON they have together.
 */
export function estimateResults(
  options: ClassifyOptions,
  inputs: { readonly count: number; readonly bytes: number },
): number {
  if (inputs.count === 0) return 0;
  const line = longestLine(options) + inputs.bytes / inputs.count;
  return Math.ceil(inputs.count * (Math.min(2 * line, line + PAGE_BYTES) + ROW_BYTES));
}
