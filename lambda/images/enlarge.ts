/** Where the pixels along one axis of a crop come from when the picture is enlarged. */
export interface EnlargedAxis {
  /** The first source pixel that the crop needs, and how many. */
  readonly start: number;
  readonly length: number;
  /**
   * For each pixel of the crop: its two neighbours, counted from `start`, and the share of the farther one.
   */
  readonly taps: readonly { readonly near: number; readonly far: number; readonly share: number }[];
}

/**
 * Bilinear sampling with pixel centres at halves, as in PIL and torchvision. libvips would place the pixels
 * half a step away.
 *
 * @param size pixels of the source along the axis.
 * @param resized pixels of the whole enlarged picture.
 * @param offset first pixel of the crop in the enlarged picture.
 * @param count pixels of the crop.
 */
export function enlargedAxis(size: number, resized: number, offset: number, count: number): EnlargedAxis {
  const inside = (position: number) => Math.min(Math.max(position, 0), size - 1);
  const position = (index: number) => ((offset + index + 0.5) * size) / resized - 0.5;
  const start = inside(Math.floor(position(0)));
  const end = inside(Math.floor(position(count - 1)) + 1);
  const taps = Array.from({ length: count }, (_, index) => {
    const floor = Math.floor(position(index));
    return { near: inside(floor) - start, far: inside(floor + 1) - start, share: position(index) - floor };
  });
  return { start, length: end - start + 1, taps };
}

/**
 * @param region interleaved RGB of the source pixels that the axes need, `x.length` wide.
 * @returns interleaved RGB, one pixel for each pair of taps.
 */
export function enlarge(region: Uint8Array, x: EnlargedAxis, y: EnlargedAxis): Uint8Array {
  const crop = new Uint8Array(x.taps.length * y.taps.length * 3);
  const value = (row: number, column: number, channel: number): number =>
    region[(row * x.length + column) * 3 + channel] as number;
  let at = 0;
  for (const vertical of y.taps) {
    for (const { near, far, share } of x.taps) {
      for (let channel = 0; channel < 3; channel += 1, at += 1) {
        const upper =
          value(vertical.near, near, channel) * (1 - share) + value(vertical.near, far, channel) * share;
        const lower =
          value(vertical.far, near, channel) * (1 - share) + value(vertical.far, far, channel) * share;
        crop[at] = Math.round(upper * (1 - vertical.share) + lower * vertical.share);
      }
    }
  }
  return crop;
}
