import type { Pixels } from '../../images/decode.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { ImageValues } from '../../model/session.ts';
import { createBlockWriter } from './blocks.ts';
import { createPlaneWriter } from './planes.ts';

/** The input of the model for up to a number of images. It is written again for every run. */
export interface ImageTensor {
  /** Writes an image at its place in the batch. */
  write(image: Pixels, position: number): void;
  /** @returns the first `count` images. */
  first(count: number): ImageValues;
}

/** An input as the manifest describes it. A channel has only 256 values, so normalising is a look-up. */
export function createImageTensor(
  { input, preprocessing }: Pick<Manifest, 'input' | 'preprocessing'>,
  maxImages: number,
): ImageTensor {
  const { crop } = preprocessing;
  const length = maxImages * imageValues(crop);
  return input.dtype === 'float32'
    ? tensorOf(new Float32Array(length), crop, createPlaneWriter(crop, preprocessing))
    : tensorOf(new Uint8Array(length), crop, createBlockWriter(crop, preprocessing, input));
}

const imageValues = (side: number): number => 3 * side * side;

function tensorOf<Values extends ImageValues>(
  values: Values,
  side: number,
  write: (image: Pixels, target: Values) => void,
): ImageTensor {
  const size = imageValues(side);
  return {
    write(image, position) {
      const expected = side * side * image.channels;
      if (image.pixels.length !== expected) {
        throw new RangeError(`Expected ${expected} bytes of pixels, got ${image.pixels.length}`);
      }
      write(image, values.subarray(position * size, (position + 1) * size) as Values);
    },
    first: (count) => values.subarray(0, count * size),
  };
}
