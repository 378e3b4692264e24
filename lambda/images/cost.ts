import type { ImageHeader } from './formats/header.ts';
import { type CropPlan, isEnlarged, isMadeTaller, isMadeWider, type Size } from './geometry.ts';

/** The most that decoding an image takes, estimated from its header. */
export interface DecodeCost {
  /** Peak memory in bytes, without the encoded image. */
  readonly bytes: number;
  /** CPU time on one core in ms, on a slow machine. */
  readonly cpuMs: number;
}

const MIB = 2 ** 20;
/** Regions, tables and threads of a pipeline, for a picture of any size. */
const BASE_BYTES = 8 * MIB;
/** The profiles and tables of Little CMS. */
const PROFILE_BYTES = 12 * MIB;
/**
 * Rows in a line cache of libvips: four times the 128 lines of its largest buffer (`vips_linecache`,
 * `vips_get_tile_size`, with one thread).
 */
const CACHED_ROWS = 512;
/** Regions between the caches, of 16 rows each. */
const ROW_MARGIN = 1.1;
/** For each pixel of a crop that our own code enlarges. Its source has at most as many pixels. */
const ENLARGE_BYTES = 6;

const BASE_MS = 5;
/** Nanoseconds for each byte in the pipeline: flattening, converting, resizing. */
const PIPELINE_NS = 5;
/** Nanoseconds for each pixel of a crop that our own code enlarges. */
const ENLARGE_NS = 100;
/** Milliseconds to set up a colour profile. */
const PROFILE_MS = 80;
/** Nanoseconds for each pixel that a colour profile converts. */
const PROFILE_NS = 100;

/**
 * Estimates what libvips needs to decode a picture.
 *
 * @param header of the picture, with the needs of its decoder.
 * @param plan for the picture as it is stored.
 */
export function decodeCost(header: ImageHeader, plan: CropPlan): DecodeCost {
  const { width, height, pixelBytes, heldBytes, decoderMs, isCmyk } = header;
  const shrinkOnLoad = header.shrinksOnLoad ? shrinkFactor(plan) : 1;
  const loaded = { width: Math.ceil(width / shrinkOnLoad), height: Math.ceil(height / shrinkOnLoad) };
  const columns = header.tile ? tiledColumns(header.tile, plan) : loaded.width;
  const cachedBytes = cachedRows(loaded.height, plan) * columns * pixelBytes;
  const tileBytes = header.tile ? tilePixels(header.tile, columns, plan) * pixelBytes : 0;
  const enlargedPixels = isEnlarged(plan) ? plan.crop.width * plan.crop.height : 0;
  const bytes =
    BASE_BYTES +
    (isCmyk ? PROFILE_BYTES : 0) +
    heldBytes +
    tileBytes +
    Math.ceil(ROW_MARGIN * cachedBytes) +
    enlargedPixels * ENLARGE_BYTES;
  const pixels = loaded.width * loaded.height;
  const pipelineMs =
    (pixels * (pixelBytes * PIPELINE_NS + (isCmyk ? PROFILE_NS : 0)) + enlargedPixels * ENLARGE_NS) / 1e6;
  return { bytes, cpuMs: BASE_MS + (isCmyk ? PROFILE_MS : 0) + decoderMs + pipelineMs };
}

/**
 * Rows in all line caches: that of the loader and, if the picture becomes less high, those of the vertical
 * filter and of the shrink by a whole number before it. The shrink leaves the filter a factor of at least
 * two.
 */
function cachedRows(height: number, plan: CropPlan): number {
  const cached = (rows: number) => Math.min(rows, CACHED_ROWS);
  if (isMadeTaller(plan)) return cached(height);
  const shrink = Math.floor(height / plan.resized.height / 2);
  return shrink > 1 ? 2 * cached(height) + cached(Math.ceil(height / shrink)) : 2 * cached(height);
}

/** Columns of tiles that are read. If both sides become longer, these are only the tiles under the crop. */
function tiledColumns(tile: Size, plan: CropPlan): number {
  const isOnlyEnlarged = isMadeWider(plan) && isMadeTaller(plan);
  return isOnlyEnlarged ? Math.min(plan.size.width, plan.crop.width + 2 * tile.width) : plan.size.width;
}

/** Two rows of tiles in a cache of libvips, one tile being read and one being unpacked. */
function tilePixels(tile: Size, columns: number, { size }: CropPlan): number {
  return columns * Math.min(size.height, 2 * tile.height) + 2 * tile.width * tile.height;
}

/** How much libjpeg shrinks. sharp leaves a factor of two to the filter (`fastShrinkOnLoad: false`). */
function shrinkFactor({ size, resized }: CropPlan): number {
  const shrink = Math.min(size.width / resized.width, size.height / resized.height);
  const factor = [8, 4, 2].find((candidate) => shrink >= 2 * candidate) ?? 1;
  // libjpeg rounds sizes up. If nothing would be left for the filter, sharp uses half of the factor.
  return factor > 1 && Math.trunc(shrink) === factor ? factor / 2 : factor;
}
