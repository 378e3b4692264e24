import type { Pixels } from '../../images/decode.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { ImageValues } from '../../model/session.ts';
import { blocks } from './blocks.ts';
import { interleaved } from './interleaved.ts';
import {
  normalisationTables,
  quantizationTables,
  quantizer,
  type Tables,
  toByte,
  unchangedTables,
} from './normalisation.ts';
import type { Placement } from './placement.ts';
import { planes } from './planes.ts';

/** An image that the caller has normalised: three planes of side x side values, red first (CHW). */
export interface NormalisedImage {
  readonly normalised: Float32Array;
}

/** What can be written into the input of a model. */
export type TensorImage = Pixels | NormalisedImage;

/** The input of the model for up to a number of images. It is written again for every run. */
export interface ImageTensor {
  /** Writes an image at its place in the batch. */
  write(image: TensorImage, position: number): void;
  /** @returns the first `count` images. */
  first(count: number): ImageValues;
}

type Input = Manifest['input'];

/** An input as the manifest describes it. A channel has only 256 values, so normalising is a look-up. */
export function createImageTensor(
  { input, preprocessing }: Pick<Manifest, 'input' | 'preprocessing'>,
  maxImages: number,
): ImageTensor {
  const { crop: side } = preprocessing;
  const size = 3 * side * side;
  const values: ImageValues =
    input.dtype === 'float32' ? new Float32Array(maxImages * size) : new Uint8Array(maxImages * size);
  const placement = placementOf(input)(side);
  const tables = tablesOf({ input, preprocessing });
  const encode = encoderOf(input);

  function writeNormalised({ normalised }: NormalisedImage, target: ImageValues): void {
    requireLength('values', normalised, size);
    let from = 0;
    for (let channel = 0; channel < 3; channel += 1) {
      for (let y = 0; y < side; y += 1) {
        for (let x = 0; x < side; x += 1, from += 1)
          target[placement.indexOf(channel, y, x)] = encode(normalised[from] as number);
      }
    }
  }

  return {
    write(image, position) {
      const target = values.subarray(position * size, (position + 1) * size);
      if ('normalised' in image) return writeNormalised(image, target);
      requireLength('bytes of pixels', image.pixels, side * side * image.channels);
      return placement.writePixels(image, tables, target);
    },
    first: (count) => values.subarray(0, count * size),
  };
}

function placementOf(input: Input): (side: number) => Placement {
  if (input.layout === 'NCHW') return planes;
  return input.dtype === 'uint8' && input.blockSize ? blocks : interleaved;
}

function tablesOf({ input, preprocessing }: Pick<Manifest, 'input' | 'preprocessing'>): Tables<ImageValues> {
  if (input.dtype === 'float32') return normalisationTables(preprocessing);
  return input.quantization ? quantizationTables(preprocessing, input.quantization) : unchangedTables;
}

/** What the model takes for a normalised value. */
function encoderOf(input: Input): (value: number) => number {
  if (input.dtype === 'float32') return (value) => value;
  return input.quantization ? quantizer(input.quantization) : toByte;
}

function requireLength(unit: string, { length }: ImageValues, expected: number): void {
  if (length !== expected) throw new RangeError(`Expected ${expected} ${unit}, got ${length}`);
}
