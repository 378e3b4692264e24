import type { Pixels } from '../../images/decode.ts';
import { type Normalisation, normalisationTables } from './normalisation.ts';

/**
 * Writes an image as normalised planes (CHW, float32).
 *
 * @param side height and width of the image in pixels.
 */
export function createPlaneWriter(side: number, normalisation: Normalisation) {
  const [red, green, blue] = normalisationTables(normalisation);
  const plane = side * side;

  return ({ pixels, channels }: Pixels, target: Float32Array): void => {
    for (let at = 0, from = 0; at < plane; at += 1, from += channels) {
      target[at] = red[pixels[from] as number] as number;
      target[at + plane] = green[pixels[from + 1] as number] as number;
      target[at + 2 * plane] = blue[pixels[from + 2] as number] as number;
    }
  };
}
