// Importing this module loads libvips: only libvips.ts does that, when an image needs it.
import sharp, { type KernelEnum, type Metadata, type Sharp } from 'sharp';
import { enlarge, enlargedAxis } from './enlarge.ts';
import { FORMATS } from './formats/table.ts';
import { type CropPlan, type Interpolation, isEnlarged, reducedSize } from './geometry.ts';

export const DECODER_VERSIONS = { sharp: sharp.versions.sharp ?? 'unknown', libvips: sharp.versions.vips };

// One libvips thread for each image: requests run in parallel, not the tiles of one image. No two uploads are
// the same, so a cache of operations would only hold memory.
sharp.concurrency(1);
sharp.cache(false);
// The service detects the format before libvips sees a file. This is a second safeguard, because libvips
// detects it again.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: Object.values(FORMATS).map(({ libvipsLoader }) => libvipsLoader) });

/**
 * A second safeguard behind the limits, which keep every image well below it. libvips checks the time between
 * rows, so it cannot stop a decoder that returns a whole frame at once.
 */
const TIMEOUT_SECONDS = 15;

/** `cubic` is Catmull-Rom, which is Keys' cubic convolution with a = -0.5. */
const KERNELS: Readonly<Record<Interpolation, keyof KernelEnum>> = { bilinear: 'linear', bicubic: 'cubic' };

/** Rejects with the library's error. */
export function readVipsMetadata(bytes: Uint8Array): Promise<Metadata> {
  // Pixels are not limited here, because sharp reports too many pixels and a broken file in the same way.
  return sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
}

export interface VipsOptions {
  readonly isCmyk: boolean;
}

/**
 * Decodes the crop of the picture as it is stored, before EXIF orientation. Rejects with the library's error.
 *
 * @param plan for the stored picture, with the size that the header gives.
 * @returns interleaved 8-bit RGB, alpha over white.
 */
export async function cropWithVips(
  bytes: Uint8Array,
  plan: CropPlan,
  { isCmyk }: VipsOptions,
): Promise<Uint8Array> {
  const { size, resized, crop, interpolation } = plan;
  // libvips would place the pixels of a longer side half a step away, so it only makes sides shorter.
  const reduced = reducedSize(plan);
  const image = sharp(bytes, {
    failOn: 'error',
    // If the library now finds more pixels than the header gave, the file is damaged.
    limitInputPixels: size.width * size.height,
    ignoreIcc: !isCmyk,
  })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .flatten({ background: '#ffffff' })
    // JPEG and WebP decoders can shrink while they decode, but that causes aliasing unless a factor of two is
    // left to the filter.
    .resize({ ...reduced, fit: 'fill', kernel: KERNELS[interpolation], fastShrinkOnLoad: false });
  if (!isEnlarged(plan)) return toRgb(image.extract(crop));
  const x = enlargedAxis(reduced.width, resized.width, crop.left, crop.width, interpolation);
  const y = enlargedAxis(reduced.height, resized.height, crop.top, crop.height, interpolation);
  const region = image.extract({ left: x.start, top: y.start, width: x.length, height: y.length });
  return enlarge(await toRgb(region), x, y);
}

function toRgb(image: Sharp): Promise<Uint8Array> {
  return image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
}
