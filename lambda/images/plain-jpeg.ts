import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image';
import type { CropPlan } from './geometry.ts';
import type { JpegHeader } from './jpeg-header.ts';

/** A megapixel takes a few milliseconds, for which the event loop stands still; more is for libvips and its threads. */
const MAX_PIXELS = 1_000_000;
/** The decoder keeps several copies of what is not pixels. */
const MAX_BYTES = 2_000_000;

const END_OF_IMAGE = [0xff, 0xd9];

/** Whether {@link cropPlainJpeg} is for this file: an upright JPEG of three 8-bit components, and small. */
export function isSmallPlainJpeg(bytes: Uint8Array, { isPlain, width, height }: JpegHeader): boolean {
  return isPlain && width * height <= MAX_PIXELS && bytes.byteLength <= MAX_BYTES;
}

/**
 * Decodes an ordinary small JPEG on the spot. libvips takes two to three times as long for these, most of it for waking
 * threads and for pipelines that pay off with large images; docs/adr/0007 has the reasons.
 *
 * @param bytes what {@link isSmallPlainJpeg} says yes to.
 * @returns the crop as interleaved 8-bit RGB, or undefined for a file that is cut short or that this decoder does not
 *   take: libvips then has the last word.
 */
export function cropPlainJpeg(bytes: Uint8Array, { resized, crop }: CropPlan): Uint8Array | undefined {
  // The decoder fills what is missing with grey and says nothing.
  if (bytes.at(-2) !== END_OF_IMAGE[0] || bytes.at(-1) !== END_OF_IMAGE[1]) return undefined;
  try {
    const rgba = new Transformer(bytes)
      .fastResize({ ...resized, filter: FastResizeFilter.Bilinear, fit: ResizeFit.Fill })
      .crop(crop.left, crop.top, crop.width, crop.height)
      .rawPixelsSync();
    return withoutAlpha(rgba, crop.width * crop.height);
  } catch {
    return undefined;
  }
}

function withoutAlpha(rgba: Uint8Array, pixels: number): Uint8Array | undefined {
  if (rgba.length !== pixels * 4) return undefined;
  const rgb = new Uint8Array(pixels * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] as number;
    rgb[to + 1] = rgba[from + 1] as number;
    rgb[to + 2] = rgba[from + 2] as number;
  }
  return rgb;
}
