import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image';
import type { CropPlan } from './geometry.ts';

/** A megapixel takes about 4 ms, for which the event loop stands still; larger ones go to libvips and its threads. */
export const MAX_PLAIN_PIXELS = 1_000_000;

const END_OF_IMAGE = [0xff, 0xd9];

/**
 * Decodes an ordinary small JPEG on the spot. libvips takes two to three times as long for these, most of it for waking
 * threads and for pipelines that pay off with large images; docs/adr/0007 has the reasons.
 *
 * @param bytes a JPEG of three 8-bit components, upright, of at most {@link MAX_PLAIN_PIXELS}.
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
