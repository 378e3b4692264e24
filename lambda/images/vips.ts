import sharp, { type Metadata, type Sharp } from 'sharp';
import { enlarge, enlargedAxis } from './enlarge.ts';
import type { CropPlan } from './geometry.ts';

export const DECODER_VERSIONS = { sharp: sharp.versions.sharp ?? 'unknown', libvips: sharp.versions.vips };

// One libvips thread per image: requests, not tiles, are what runs in parallel. A cache of operations only holds
// memory, as no two uploads are the same.
sharp.concurrency(1);
sharp.cache(false);
// Magic bytes decide before libvips sees a file; this is the second lock, for loaders that sniff on their own.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((loader) => `VipsForeignLoad${loader}`),
});

/**
 * A second lock behind the limits, which keep every image well below it. libvips looks at the clock between rows, so it
 * cannot end a decoder that gives a whole frame at once.
 */
const TIMEOUT_SECONDS = 15;

/** Rejects with the library's error. */
export function readVipsMetadata(bytes: Uint8Array): Promise<Metadata> {
  // Pixels are not limited here, because sharp's refusal cannot be told from a broken file.
  return sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
}

export interface VipsOptions {
  readonly isCmyk: boolean;
}

/**
 * The crop of the picture as it is stored: interleaved 8-bit RGB, alpha over white. Rejects with the library's error.
 *
 * @param plan for the stored picture, whose size is that of the header.
 */
export async function cropWithVips(
  bytes: Uint8Array,
  { size, resized, crop }: CropPlan,
  { isCmyk }: VipsOptions,
): Promise<Uint8Array> {
  const image = sharp(bytes, {
    failOn: 'error',
    // A second reading that finds more pixels than the header said is a fault.
    limitInputPixels: size.width * size.height,
    ignoreIcc: !isCmyk,
  })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .flatten({ background: '#ffffff' });
  if (!isEnlarged({ size, resized })) {
    // JPEG and WebP decoders can shrink while they decode, but alias unless a factor of two is left to the filter.
    return toRgb(
      image.resize({ ...resized, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }).extract(crop),
    );
  }
  const x = enlargedAxis(size.width, resized.width, crop.left, crop.width);
  const y = enlargedAxis(size.height, resized.height, crop.top, crop.height);
  const region = image.extract({ left: x.start, top: y.start, width: x.length, height: y.length });
  return enlarge(await toRgb(region), x, y);
}

/** Whether {@link cropWithVips} takes the few pixels that the crop needs and enlarges them itself. */
export function isEnlarged({ size, resized }: Pick<CropPlan, 'size' | 'resized'>): boolean {
  return Math.min(size.width, size.height) < Math.min(resized.width, resized.height);
}

function toRgb(image: Sharp): Promise<Uint8Array> {
  return image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
}
