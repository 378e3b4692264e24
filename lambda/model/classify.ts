/**
 * Softmax in double precision, shifted by the maximum so that no exponent overflows: the shares are the same.
 *
 * @param logits raw scores, one a class.
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
 * The `count` largest values' indices, largest first; equal values keep the order of their indices, so that the same
 * scores always give the same answer.
 */
export function topK(values: Float32Array | Float64Array, count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, count);
}
