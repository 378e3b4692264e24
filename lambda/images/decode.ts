import { ServiceError } from '../errors.ts';
import { cropPlainJpeg } from './formats/jpeg/plain.ts';
import { FORMATS } from './formats/table.ts';
import type { ImageInfo, InspectedImage } from './inspect.ts';
import { loadVips } from './libvips.ts';
import { turnUpright } from './turn.ts';

export type { ImageInfo } from './inspect.ts';

/** A square picture as interleaved RGB or RGBA, 8 bits a channel. */
export interface Pixels {
  /** side x side x channels bytes. */
  readonly pixels: Uint8Array;
  /** 4 if the decoder returns RGBA. Its alpha is always 255. */
  readonly channels: 3 | 4;
}

/** The centre crop. */
export interface DecodedImage extends Pixels {
  readonly info: ImageInfo;
}

/**
 * Decodes an image to the crop that a model sees, as torchvision's presets do: upright, 8-bit RGB, alpha over
 * white, resized with an antialiased filter, centre crop. Only the first frame of an animation is used.
 *
 * Like torchvision, it ignores the colour profile of an RGB file: models are trained without profiles, and
 * converting takes longer than decoding. CMYK values mean nothing without a profile, so a CMYK profile is
 * applied.
 *
 * @throws ServiceError `invalid_image`, `overloaded` if memory ran out, or `not_ready` without libvips.
 */
export async function decodeImage(image: InspectedImage): Promise<DecodedImage> {
  const { bytes, info, plan, orientation, decoder } = image;
  try {
    const plain = decoder === 'plain' ? cropPlainJpeg(bytes, plan) : undefined;
    if (plain) return { pixels: plain, channels: 4, info };
    const stored = await (await loadVips()).cropWithVips(bytes, plan, image);
    return { pixels: turnUpright(stored, plan.crop.width, orientation), channels: 3, info };
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    throw isOutOfMemory(cause)
      ? new ServiceError(
          'overloaded',
          'There is not enough free memory to decode this image right now. Try again.',
          {
            cause,
            retryAfterSeconds: 1,
          },
        )
      : new ServiceError(
          'invalid_image',
          `The ${FORMATS[info.format].title} data is damaged or incomplete.`,
          {
            cause,
          },
        );
  }
}

/** Messages of V8, GLib and the codecs when an allocation fails. */
const OUT_OF_MEMORY = /array buffer allocation failed|out of memory|unable to allocate|insufficient memory/i;

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && OUT_OF_MEMORY.test(error.message);
}
