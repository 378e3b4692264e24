import type { Label } from '../../../model/manifest.ts';
import { topK } from '../../../model/scores.ts';
import { shortNumber } from '../../short-number.ts';

/** For more classes than this, sorting them all is faster than keeping the highest in order. */
const FEW = 50;

/**
 * The classes with the highest values, highest first, as the classification extension writes them:
 * `value:index:label`.
 *
 * @param values one for each class.
 */
export function classifications(values: Float32Array, count: number, labels: readonly Label[]): string[] {
  const indices = count > FEW ? sorted(values).slice(0, count) : topK(values, count);
  return indices.map((index) => `${shortNumber(values[index] as number)}:${index}:${labels[index]?.label}`);
}

/** Equal values keep the order of their indices. */
function sorted(values: Float32Array): number[] {
  const at = (index: number): number => values[index] as number;
  return Array.from(values.keys()).sort((a, b) => at(b) - at(a) || a - b);
}
