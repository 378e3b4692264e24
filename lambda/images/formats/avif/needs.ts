import type { Metadata } from 'sharp';
import { ServiceError } from '../../../errors.ts';
import { type DecoderNeeds, type FileFacts, ms, pixels, sampleBytes } from '../needs.ts';
import { readAvifLayout } from './header.ts';

/**
 * The planes of the codec, the planes of its result, and the interleaved pixels, each for the whole picture.
 *
 * @throws ServiceError `invalid_image`
 */
export function avifNeeds({ metadata, bytes }: FileFacts): DecoderNeeds {
  const layout = readAvifLayout(bytes);
  if (!layout) throw new ServiceError('invalid_image', 'The AVIF header is damaged or incomplete.');
  const isDeep = sampleBytes(metadata.depth) > 1 || (metadata.bitsPerSample ?? 16) > 8;
  return {
    pixelBytes: 4 * (isDeep ? 2 : 1),
    heldBytes:
      Math.max(pixels(metadata), layout.largestPixels) * (isDeep ? 32 : 24) +
      borderPixels(metadata) * (isDeep ? 8 : 6),
    decoderMs:
      ms(Math.max(pixels(metadata), layout.codedPixels), isDeep ? 400 : 250) + ms(bytes.byteLength, 300),
  };
}

/** libaom surrounds each frame with a border, which is most of a frame that is a few pixels high. */
const AOM_BORDER = 160;
const borderPixels = ({ width, height }: Metadata): number =>
  2 * AOM_BORDER * (width + height + 2 * AOM_BORDER);
