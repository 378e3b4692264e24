import type { Interpolation, Size } from '../../lambda/images/geometry.ts';

/** Pillow's filters: src/libImaging/Resample.c. */
const FILTERS: Readonly<
  Record<Interpolation, { readonly support: number; readonly filter: (x: number) => number }>
> = {
  bilinear: { support: 1, filter: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    filter(x) {
      const a = -0.5;
      const distance = Math.abs(x);
      if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
      if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
      return 0;
    },
  },
};

/** Bits after the point in a coefficient. */
const PRECISION = 2 ** 22;

/** The first pixel that a new one is made of, and the coefficients of that and the following ones. */
interface Coefficients {
  readonly first: number;
  readonly values: readonly number[];
}

function coefficients(from: number, to: number, interpolation: Interpolation): readonly Coefficients[] {
  const { support, filter } = FILTERS[interpolation];
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support * filterScale + 0.5));
    const end = Math.min(from, Math.trunc(centre + support * filterScale + 0.5));
    const weights = Array.from({ length: end - first }, (_weight, x) =>
      filter((x + first - centre + 0.5) / filterScale),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const values = weights.map((weight) => {
      const scaled = (weight / sum) * PRECISION;
      return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    });
    return { first, values };
  });
}

/** `Image.resize` of an RGB picture: horizontally, then vertically, rounded to 8 bits each time. */
export function pillowResize(
  rgb: Uint8Array,
  size: Size,
  resized: Size,
  interpolation: Interpolation,
): Uint8Array {
  const across = coefficients(size.width, resized.width, interpolation);
  const wide = resample(rgb, across, { lines: size.height, line: size.width * 3, step: 3 }, 3);
  const down = coefficients(size.height, resized.height, interpolation);
  const line = resized.width * 3;
  // A column of one channel is a line of its own.
  const transposed = resample(wide, down, { lines: line, line: 1, step: line }, 1);
  const result = new Uint8Array(transposed.length);
  for (let column = 0; column < line; column += 1) {
    for (let row = 0; row < resized.height; row += 1) {
      result[row * line + column] = transposed[column * resized.height + row] as number;
    }
  }
  return result;
}

interface Lines {
  readonly lines: number;
  /** From one line to the next, and from one pixel to the next. */
  readonly line: number;
  readonly step: number;
}

function resample(
  source: Uint8Array,
  pixels: readonly Coefficients[],
  { lines, line, step }: Lines,
  channels: number,
): Uint8Array {
  const result = new Uint8Array(lines * pixels.length * channels);
  let at = 0;
  for (let index = 0; index < lines; index += 1) {
    for (const { first, values } of pixels) {
      for (let channel = 0; channel < channels; channel += 1, at += 1) {
        let sum = PRECISION / 2;
        values.forEach((value, tap) => {
          sum += value * (source[index * line + (first + tap) * step + channel] as number);
        });
        result[at] = Math.min(Math.max(Math.floor(sum / PRECISION), 0), 255);
      }
    }
  }
  return result;
}
