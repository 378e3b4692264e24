/** Mean and standard deviation of each channel, for RGB values of 0..255 that `rescale` has multiplied. */
export interface Normalisation {
  /** @default 1/255 */
  readonly rescale?: number | undefined;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** A quantized value stands for `(quantized - zeroPoint) * scale`. */
export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What a value of 0..255 becomes, for each channel. */
export type Tables<Values> = readonly [red: Values, green: Values, blue: Values];

/**
 * Normalises as torchvision's `Normalize` does: `(value / 255 - mean) / std`, rounded once to float32. Frameworks round
 * after each step, and each in an order of its own: torchvision divides by 255 in float32, transformers multiplies by
 * its `rescale_factor` in float64, or first divides mean and std by it. All are within 1e-6 of this.
 */
export function normalisationTables({ rescale, mean, std }: Normalisation): Tables<Float32Array> {
  // Dividing by 255 and multiplying by 1/255 can round to different numbers.
  const rescaled = (value: number) => (rescale === undefined ? value / 255 : value * rescale);
  return forEachChannel((channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (rescaled(value) - mean[channel]) / std[channel]),
  );
}

/** Normalises and quantizes. The result is that of ONNX's `QuantizeLinear` to the last bit. */
export function quantizationTables(
  normalisation: Normalisation,
  quantization: Quantization,
): Tables<Uint8Array> {
  const normalised = normalisationTables(normalisation);
  const quantize = quantizer(quantization);
  return forEachChannel((channel) => Uint8Array.from(normalised[channel], quantize));
}

/** What bytes become if the model takes pixels as they are. */
export const unchangedTables: Tables<Uint8Array> = forEachChannel(() =>
  Uint8Array.from({ length: 256 }, (_, value) => value),
);

/**
 * Quantizes normalised values as ONNX's `QuantizeLinear` does, to the last bit: each step rounds to float32 where
 * ONNX Runtime does.
 */
export function quantizer({ scale, zeroPoint }: Quantization): (value: number) => number {
  const step = Math.fround(scale);
  return (value) => toByte(roundHalfEven(Math.fround(value / step)) + zeroPoint);
}

/** Rounds a value to a pixel of 0..255. */
export const toByte = (value: number): number => Math.min(Math.max(roundHalfEven(value), 0), 255);

function forEachChannel<Values>(table: (channel: 0 | 1 | 2) => Values): Tables<Values> {
  return [table(0), table(1), table(2)];
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value);
}
