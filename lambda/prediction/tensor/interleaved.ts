import type { Placement } from './placement.ts';

/** The three channels of a pixel side by side, row by row (NHWC). @param side height and width in pixels. */
export function interleaved(side: number): Placement {
  const values = 3 * side * side;
  return {
    writePixels({ pixels, channels }, [red, green, blue], target) {
      for (let at = 0, from = 0; at < values; at += 3, from += channels) {
        target[at] = red[pixels[from] as number] as number;
        target[at + 1] = green[pixels[from + 1] as number] as number;
        target[at + 2] = blue[pixels[from + 2] as number] as number;
      }
    },
    indexOf: (channel, y, x) => (y * side + x) * 3 + channel,
  };
}
