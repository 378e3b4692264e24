/** One number for each channel. */
export interface BatchNorm {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVariance: Float32Array;
}

/** torch.nn.BatchNorm2d's default, which torchvision's ResNets use. */
const EPSILON = 1e-5;

/**
 * Folds a batch norm into the convolution before it, which has no bias: (w * x - mean) * scale + bias is one
 * convolution with the weights w * scale. Computed in double precision and rounded once.
 *
 * @param weight [out, in, height, width]; the channels of `norm` are its first dimension.
 */
export function foldBatchNorm(
  weight: Float32Array,
  norm: BatchNorm,
): { weight: Float32Array; bias: Float32Array } {
  const scale = Float64Array.from(norm.weight, (gain, channel) => {
    return gain / Math.sqrt((norm.runningVariance[channel] ?? Number.NaN) + EPSILON);
  });
  const perChannel = weight.length / scale.length;
  const folded = weight.map((item, index) => item * (scale[Math.floor(index / perChannel)] ?? Number.NaN));
  const bias = norm.bias.map(
    (shift, channel) => shift - (norm.runningMean[channel] ?? Number.NaN) * (scale[channel] ?? Number.NaN),
  );
  return { weight: folded, bias };
}
