import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image';
import type { DecodeCost } from '../../cost.ts';
import type { CropPlan } from '../../geometry.ts';
import type { ImageHeader } from '../header.ts';
import { pixels } from '../needs.ts';

/** Pixels of the picture. A megapixel blocks the event loop for a few milliseconds. */
const MAX_PIXELS = 1_000_000;
/** Pixels of the whole resized picture, for pictures up to 8 times as long as wide. */
const MAX_RESIZED_PIXELS = 8 * 256 * 256;
/** The decoder keeps several copies of everything that is not pixels. */
const MAX_BYTES = 2_000_000;
/** Pixels times scans. Each scan of a progressive JPEG covers the whole picture. */
const MAX_SCANNED_PIXELS = 4_000_000;

const END_OF_IMAGE = [0xff, 0xd9];

/** Whether {@link cropPlainJpeg} can decode the file: a small, upright JPEG with three 8-bit components. */
export function isSmallPlainJpeg(
  bytes: Uint8Array,
  { isPlain }: Pick<ImageHeader, 'isPlain'>,
  { size, resized }: CropPlan,
  scans: number,
): boolean {
  return (
    isPlain === true &&
    bytes.byteLength <= MAX_BYTES &&
    pixels(size) <= MAX_PIXELS &&
    pixels(resized) <= MAX_RESIZED_PIXELS &&
    pixels(size) * scans <= MAX_SCANNED_PIXELS
  );
}

/** For coefficients, two copies of the decoded picture, two of the resized one, and copies of the file. */
export function plainJpegCost(bytes: Uint8Array, { size, resized }: CropPlan): DecodeCost {
  return {
    bytes: 4 * 2 ** 20 + 16 * pixels(size) + 12 * pixels(resized) + 3 * bytes.byteLength,
    cpuMs: 1 + (pixels(size) * 40 + pixels(resized) * 10) / 1e6,
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
export function cropPlainJpeg(bytes: Uint8Array, { resized, crop }: CropPlan): Uint8Array | undefined {
  // The decoder would silently fill the missing part of an incomplete file with grey.
  if (bytes.at(-2) !== END_OF_IMAGE[0] || bytes.at(-1) !== END_OF_IMAGE[1]) return undefined;
  try {
    const rgba = new Transformer(bytes)
      .fastResize({ ...resized, filter: FastResizeFilter.Bilinear, fit: ResizeFit.Fill })
      .crop(crop.left, crop.top, crop.width, crop.height)
      .rawPixelsSync();
    return rgba.length === pixels(crop) * 4 ? rgba : undefined;
  } catch {
    return undefined;
  }
}
