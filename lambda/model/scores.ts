/**
 * Softmax in double precision. The logits are shifted by their maximum, which changes no probability but
 * keeps the exponents from overflowing.
 *
 * @param logits raw scores, one for each class.
 * @returns probabilities that sum to 1.
 */
export function softmax(logits: Float32Array): Float64Array {
  let maximum = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > maximum) maximum = logit;
  const shares = new Float64Array(logits.length);
  let sum = 0;
  for (let index = 0; index < logits.length; index += 1) {
    const share = Math.exp((logits[index] as number) - maximum);
    shares[index] = share;
    sum += share;
  }
  for (let index = 0; index < shares.length; index += 1) shares[index] = (shares[index] as number) / sum;
  return shares;
}

/**
 * Takes one pass, because most values are below the few that are kept.
 *
 * @returns the indices of the `count` largest values, largest first. Equal values keep the order of their
 *   indices, so that the same scores always give the same answer.
 */
export function topK(values: Float32Array | Float64Array, count: number): number[] {
  const top: number[] = [];
  const at = (place: number): number => values[top[place] as number] as number;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (top.length === count && value <= at(count - 1)) continue;
    let place = top.length;
    while (place > 0 && at(place - 1) < value) place -= 1;
    top.splice(place, 0, index);
    if (top.length > count) top.pop();
  }
  return top;
}
