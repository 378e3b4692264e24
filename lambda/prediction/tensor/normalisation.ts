/** Mean and standard deviation of each channel, for RGB values scaled to 0..1. */
export interface Normalisation {
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

/** Normalises as torchvision's `Normalize` does: `(value / 255 - mean) / std`, rounded to float32. */
export function normalisationTables({ mean, std }: Normalisation): Tables<Float32Array> {
  return forEachChannel((channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[channel]) / std[channel]),
  );
}

/**
 * Normalises and quantizes. The result is that of ONNX's `QuantizeLinear` to the last bit, so each step rounds to
 * float32 where ONNX Runtime does.
 */
export function quantizationTables(
  normalisation: Normalisation,
  { scale, zeroPoint }: Quantization,
): Tables<Uint8Array> {
  const normalised = normalisationTables(normalisation);
  return forEachChannel((channel) =>
    Uint8Array.from(normalised[channel], (value) => {
      const quantized = roundHalfEven(Math.fround(value / Math.fround(scale))) + zeroPoint;
      return Math.min(Math.max(quantized, 0), 255);
    }),
  );
}

const forEachChannel = <Values>(table: (channel: 0 | 1 | 2) => Values): Tables<Values> => [
  table(0),
  table(1),
  table(2),
];

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value);
}
