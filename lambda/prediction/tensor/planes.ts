import type { Placement } from './placement.ts';

/** One plane for each channel, row by row (NCHW). @param side height and width of the image in pixels. */
export function planes(side: number): Placement {
  const plane = side * side;
  return {
    writePixels({ pixels, channels }, [red, green, blue], target) {
      for (let at = 0, from = 0; at < plane; at += 1, from += channels) {
        target[at] = red[pixels[from] as number] as number;
        target[at + plane] = green[pixels[from + 1] as number] as number;
        target[at + 2 * plane] = blue[pixels[from + 2] as number] as number;
      }
    },
    indexOf: (channel, y, x) => channel * plane + y * side + x,
  };
}
