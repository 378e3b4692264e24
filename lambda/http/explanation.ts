import type { Explanation } from '../prediction/explainer.ts';
import { round } from '../telemetry/requests.ts';
import type { ExplanationAnswer } from './schemas/explanations.ts';

/** More than a heat map shows, and enough to compare the mean of a map with its logit. */
const VALUE_DIGITS = 4;
const PIXEL_DIGITS = 2;

/** An explanation as answers have it: its numbers rounded. */
export function explanationAnswer({ region, maps }: Explanation): ExplanationAnswer {
  const value = (number: number) => round(number, VALUE_DIGITS);
  const pixels = (number: number) => round(number, PIXEL_DIGITS);
  return {
    region: {
      left: pixels(region.left),
      top: pixels(region.top),
      width: pixels(region.width),
      height: pixels(region.height),
    },
    maps: maps.map(({ rank, index, minimum, maximum, values }) => ({
      rank,
      index,
      minimum: value(minimum),
      maximum: value(maximum),
      values: values.map((row) => Array.from(row, value)),
    })),
  };
}
