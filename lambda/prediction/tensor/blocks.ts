import type { Placement } from './placement.ts';

/** Values of a row of pixels in a block of 2 x 2. */
const ROW_VALUES = 6;

/**
 * Blocks of 2 x 2 pixels. Blocks follow each other row by row, and so do the four pixels of a block, each with its
 * three channels.
 *
 * @param side height and width of the image in pixels, an even number.
 */
export function blocks(side: number): Placement {
  const blocksAcross = side / 2;
  const rowStart = (y: number) => ((y >> 1) * blocksAcross * 2 + (y & 1)) * ROW_VALUES;
  return {
    writePixels({ pixels, channels }, [red, green, blue], target) {
      let from = 0;
      for (let y = 0; y < side; y += 1) {
        let at = rowStart(y);
        for (let block = 0; block < blocksAcross; block += 1, at += 2 * ROW_VALUES) {
          target[at] = red[pixels[from] as number] as number;
          target[at + 1] = green[pixels[from + 1] as number] as number;
          target[at + 2] = blue[pixels[from + 2] as number] as number;
          from += channels;
          target[at + 3] = red[pixels[from] as number] as number;
          target[at + 4] = green[pixels[from + 1] as number] as number;
          target[at + 5] = blue[pixels[from + 2] as number] as number;
          from += channels;
        }
      }
    },
    indexOf: (channel, y, x) => rowStart(y) + (x >> 1) * 2 * ROW_VALUES + (x & 1) * 3 + channel,
  };
}
