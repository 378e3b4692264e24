/**
 * Of a line, without its input. Measured with the labels of both models: a prediction has 100 bytes on average, an
 * activation map of 9 x 9 values 800, and a problem, or the rest of a result, fewer than 500.
 */
const LINE_BYTES = 600;
const PREDICTION_BYTES = 120;
const MAP_BYTES = 1000;
/** Of a row and its index. */
const ROW_BYTES = 64;
/** SQLite's page. A row does not begin on a page that is too full for it. */
const PAGE_BYTES = 4096;

export interface ResultOptions {
  readonly topK: number;
  readonly explain: number;
}

/** The longest line of a result, without its input. */
export const longestLine = ({ topK, explain }: ResultOptions): number =>
  LINE_BYTES + topK * PREDICTION_BYTES + explain * MAP_BYTES;

/**
 * The room that results will take, an upper bound.
 *
 * @param inputs how many there are, and how many bytes of JSON they have together.
 */
export function estimateResults(
  options: ResultOptions,
  inputs: { readonly count: number; readonly bytes: number },
): number {
  if (inputs.count === 0) return 0;
  const line = longestLine(options) + inputs.bytes / inputs.count;
  return Math.ceil(inputs.count * (Math.min(2 * line, line + PAGE_BYTES) + ROW_BYTES));
}
