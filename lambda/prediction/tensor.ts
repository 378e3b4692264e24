/** Mean and standard deviation of each channel, for RGB values scaled to 0..1. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Writes the normalised RGB planes of one image (CHW, float32) into `target`, at its place in the batch. */
export type TensorWriter = (rgb: Uint8Array, target: Float32Array, batchIndex: number) => void;

/**
 * Normalises as torchvision's `Normalize` does: `(value / 255 - mean) / std`. A channel has only 256 values,
 * so this is a look-up.
 *
 * @param side height and width of the image in pixels.
 */
export function createTensorWriter(side: number, { mean, std }: Normalization): TensorWriter {
  const [red, green, blue] = [0, 1, 2].map((channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1),
    ),
  ) as [Float32Array, Float32Array, Float32Array];
  const plane = side * side;

  return (rgb, target, batchIndex) => {
    if (rgb.length !== plane * 3) throw new RangeError(`Expected ${plane * 3} RGB bytes, got ${rgb.length}`);
    let at = batchIndex * plane * 3;
    for (let source = 0; source < rgb.length; source += 3, at += 1) {
      target[at] = red[rgb[source] as number] as number;
      target[at + plane] = green[rgb[source + 1] as number] as number;
      target[at + 2 * plane] = blue[rgb[source + 2] as number] as number;
    }
  };
}
