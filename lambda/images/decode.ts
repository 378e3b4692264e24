import { ServiceError } from '../errors.ts';
import { cropPlainJpeg } from './formats/jpeg/plain.ts';
import type { ImageInfo, InspectedImage } from './inspect.ts';
import { turnUpright } from './turn.ts';
import { cropWithVips } from './vips.ts';

export type { ImageInfo } from './inspect.ts';
export { requireByteCount } from './limits.ts';

export interface DecodedImage {
  /** The centre crop: interleaved RGB, 8 bits a channel, crop x crop x 3 bytes. */
  readonly rgb: Uint8Array;
  readonly info: ImageInfo;
}

/**
 * Decodes an image to the crop that a model sees, as torchvision's preset does it: upright, 8-bit RGB, alpha over
 * white, short side resized with an antialiased triangle filter, centre crop. Of an animation the first frame counts.
 * As there, the numbers of an RGB file are taken as they are: models are trained without regard to colour profiles,
 * and converting them takes longer than decoding. CMYK has no meaning without a profile, so there it is applied.
 *
 * @throws ServiceError `invalid_image`, or `overloaded` where memory ran out.
 */
export async function decodeImage(image: InspectedImage): Promise<DecodedImage> {
  const { bytes, info, plan, orientation, decoder } = image;
  try {
    const stored =
      (decoder === 'plain' ? cropPlainJpeg(bytes, plan) : undefined) ??
      (await cropWithVips(bytes, plan, image));
    return { rgb: turnUpright(stored, plan.crop.width, orientation), info };
  } catch (cause) {
    throw isOutOfMemory(cause)
      ? new ServiceError('overloaded', 'There is no memory for this image right now.', {
          cause,
          retryAfterSeconds: 1,
        })
      : new ServiceError('invalid_image', `The ${info.format.toUpperCase()} data is damaged or cut short.`, {
          cause,
        });
  }
}

/** What V8, GLib and the codecs say when an allocation fails. */
const OUT_OF_MEMORY = /array buffer allocation failed|out of memory|unable to allocate|insufficient memory/i;

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && OUT_OF_MEMORY.test(error.message);
}
