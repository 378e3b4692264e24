import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image';
import type { DecodeCost } from '../../cost.ts';
import { type CropPlan, enlargedSize, type Interpolation } from '../../geometry.ts';
import type { ImageHeader } from '../header.ts';
import { pixels } from '../needs.ts';

/** Pixels of the picture, also between its two passes. A megapixel blocks the event loop for a few milliseconds. */
const MAX_PIXELS = 1_000_000;
/** Pixels of the whole resized picture, for pictures up to 8 times as long as wide. */
const MAX_RESIZED_PIXELS = 8 * 256 * 256;
/** The decoder keeps several copies of everything that is not pixels. */
const MAX_BYTES = 2_000_000;
/** Pixels times scans. Each scan of a progressive JPEG covers the whole picture. */
const MAX_SCANNED_PIXELS = 4_000_000;

/** Both equal Pillow's filters. Catmull-Rom is Keys' cubic convolution with a = -0.5. */
const FILTERS: Readonly<Record<Interpolation, FastResizeFilter>> = {
  bilinear: FastResizeFilter.Bilinear,
  bicubic: FastResizeFilter.CatmullRom,
};

const END_OF_IMAGE = [0xff, 0xd9];

/** Whether {@link cropPlainJpeg} can decode the file: a small, upright JPEG with three 8-bit components. */
export function isSmallPlainJpeg(
  bytes: Uint8Array,
  { isPlain }: Pick<ImageHeader, 'isPlain'>,
  plan: CropPlan,
  scans: number,
): boolean {
  const { size, resized } = plan;
  return (
    isPlain === true &&
    bytes.byteLength <= MAX_BYTES &&
    pixels(enlargedSize(plan)) <= MAX_PIXELS &&
    pixels(resized) <= MAX_RESIZED_PIXELS &&
    pixels(size) * scans <= MAX_SCANNED_PIXELS
  );
}

/**
 * For coefficients, two copies of the decoded picture, two of the resized one, and copies of the file. Between the
 * two passes, the picture is larger than both only if one side becomes longer and the other shorter.
 */
export function plainJpegCost(bytes: Uint8Array, plan: CropPlan): DecodeCost {
  const { size, resized } = plan;
  const between = pixels(enlargedSize(plan)) - Math.max(pixels(size), pixels(resized));
  return {
    bytes: 4 * 2 ** 20 + 16 * pixels(size) + 12 * pixels(resized) + 4 * between + 3 * bytes.byteLength,
    cpuMs: 1 + (pixels(size) * 40 + (pixels(resized) + between) * 10) / 1e6,
  };
}

/**
 * Decodes a small ordinary JPEG on the event loop. libvips takes two to three times as long, mostly to wake
 * threads and to set up pipelines that pay off only for large images (docs/adr/0007).
 *
 * @param bytes a file for which {@link isSmallPlainJpeg} is true.
 * @returns the crop as interleaved 8-bit RGBA, or undefined for a file that is incomplete or that this decoder
 *   refuses. libvips then decides.
 */
export function cropPlainJpeg(
  bytes: Uint8Array,
  { resized, crop, interpolation }: CropPlan,
): Uint8Array | undefined {
  // The decoder would silently fill the missing part of an incomplete file with grey.
  if (bytes.at(-2) !== END_OF_IMAGE[0] || bytes.at(-1) !== END_OF_IMAGE[1]) return undefined;
  try {
    const rgba = new Transformer(bytes)
      .fastResize({ ...resized, filter: FILTERS[interpolation], fit: ResizeFit.Fill })
      .crop(crop.left, crop.top, crop.width, crop.height)
      .rawPixelsSync();
    return rgba.length === pixels(crop) * 4 ? rgba : undefined;
  } catch {
    return undefined;
  }
}
