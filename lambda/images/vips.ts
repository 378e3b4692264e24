import sharp, { type Sharp } from 'sharp';
import { enlarge, enlargedAxis } from './enlarge.ts';
import type { CropPlan } from './geometry.ts';
import type { ImageHeader } from './jpeg-header.ts';

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

/** Pixels are those after EXIF orientation. Rejects with the library's error. */
export async function readVipsHeader(bytes: Uint8Array): Promise<ImageHeader> {
  // Pixels are not limited here, because sharp's refusal cannot be told from a broken file.
  const { autoOrient, space } = await sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
  return { ...autoOrient, isCmyk: space === 'cmyk' };
}

export interface VipsOptions {
  readonly isCmyk: boolean;
  readonly maxPixels: number;
}

/** The crop as interleaved 8-bit RGB: upright, alpha over white. Rejects with the library's error. */
export async function cropWithVips(
  bytes: Uint8Array,
  plan: CropPlan,
  options: VipsOptions,
): Promise<Uint8Array> {
  const image = sharp(bytes, {
    failOn: 'error',
    limitInputPixels: options.maxPixels,
    autoOrient: true,
    ignoreIcc: !options.isCmyk,
  }).flatten({ background: '#ffffff' });
  const { size, resized, crop } = plan;
  if (Math.min(size.width, size.height) >= Math.min(resized.width, resized.height)) {
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

function toRgb(image: Sharp): Promise<Uint8Array> {
  return image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
}
