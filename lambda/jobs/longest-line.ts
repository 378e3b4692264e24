import type { ClassifyOptions } from '../prediction/predictor.ts';

/**
 * Of a line, without its input. Measured with the labels of both models: a prediction has 100 bytes on average, an
 * activation map of 9 x 9 values 800, and a problem, or the rest of a result, fewer than 500.
 */
const LINE_BYTES = 600;
const PREDICTION_BYTES = 120;
const MAP_BYTES = 1000;

/** Bytes of the longest line of a result, without its input. */
export const longestLine = ({ topK, explain }: ClassifyOptions): number =>
  LINE_BYTES + topK * PREDICTION_BYTES + explain * MAP_BYTES;
