import type { Pixels } from '../../images/decode.ts';
import { type Normalisation, type Quantization, quantizationTables } from './normalisation.ts';

/** Values of a row of pixels in a block of 2 x 2. */
const ROW_VALUES = 6;

/**
 * Writes an image as quantized blocks of 2 x 2 pixels (uint8). Blocks follow each other row by row, and so do the
 * four pixels of a block, each with its three channels.
 *
 * @param side height and width of the image in pixels, an even number.
 */
export function createBlockWriter(side: number, normalisation: Normalisation, quantization: Quantization) {
  const [red, green, blue] = quantizationTables(normalisation, quantization);
  const blocksAcross = side / 2;

  return ({ pixels, channels }: Pixels, target: Uint8Array): void => {
    let from = 0;
    for (let y = 0; y < side; y += 1) {
      let at = ((y >> 1) * blocksAcross * 2 + (y & 1)) * ROW_VALUES;
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
  };
}
