import type { ImageHeader } from './formats/header.ts';
import type { CropPlan, Size } from './geometry.ts';
import { isEnlarged } from './vips.ts';

/** What decoding an image takes at most, as far as its header can tell. */
export interface DecodeCost {
  /** Peak of memory in bytes, beyond the encoded image. */
  readonly bytes: number;
  /** CPU time on one core in ms, on a slow machine. */
  readonly cpuMs: number;
}

const MIB = 2 ** 20;
/** Regions, tables and threads of a pipeline, whatever the size of the picture. */
const BASE_BYTES = 8 * MIB;
/** The profiles and tables of Little CMS. */
const PROFILE_BYTES = 12 * MIB;
/**
 * Rows that a line cache of libvips holds: four times the 128 lines of its largest buffer (`vips_linecache`,
 * `vips_get_tile_size`, with one thread).
 */
const CACHED_ROWS = 512;
/** Regions between the caches, of 16 rows each. */
const ROW_MARGIN = 1.1;

const BASE_MS = 5;
/** Nanoseconds for each byte that goes through the pipeline: flattening, converting, resizing. */
const PIPELINE_NS = 5;
/** Milliseconds to set up a colour profile, whatever the size of the picture. */
const PROFILE_MS = 80;
/** Nanoseconds for each pixel that a colour profile converts. */
const PROFILE_NS = 100;

/**
 * @param header of the picture, with what its decoder holds.
 * @param plan for the picture as it is stored.
 */
export function decodeCost(header: ImageHeader, plan: CropPlan): DecodeCost {
  const { width, height, pixelBytes, heldBytes, decoderMs, isCmyk } = header;
  const shrinkOnLoad = header.shrinksOnLoad ? shrinkFactor(plan) : 1;
  const loaded = { width: Math.ceil(width / shrinkOnLoad), height: Math.ceil(height / shrinkOnLoad) };
  const columns = header.tile ? tiledColumns(header.tile, plan) : loaded.width;
  const cachedBytes = cachedRows(loaded.height, plan) * columns * pixelBytes;
  const tileBytes = header.tile ? tilePixels(header.tile, columns, plan) * pixelBytes : 0;
  const bytes =
    BASE_BYTES + (isCmyk ? PROFILE_BYTES : 0) + heldBytes + tileBytes + Math.ceil(ROW_MARGIN * cachedBytes);
  const pixels = loaded.width * loaded.height;
  const pipelineMs = (pixels * (pixelBytes * PIPELINE_NS + (isCmyk ? PROFILE_NS : 0))) / 1e6;
  return { bytes, cpuMs: BASE_MS + (isCmyk ? PROFILE_MS : 0) + decoderMs + pipelineMs };
}

/**
 * Rows of the picture's width in all line caches: that of the loader, and where the picture is made smaller that of the
 * vertical filter and that of the whole-number shrink before it, which leaves the filter a factor of at least two.
 */
function cachedRows(height: number, plan: CropPlan): number {
  const cached = (rows: number) => Math.min(rows, CACHED_ROWS);
  if (isEnlarged(plan)) return cached(height);
  const shrink = Math.floor(height / plan.resized.height / 2);
  return shrink > 1 ? 2 * cached(height) + cached(Math.ceil(height / shrink)) : 2 * cached(height);
}

/** Of tiles only those are read that the crop needs, where it is cut from the picture and then enlarged. */
function tiledColumns(tile: Size, plan: CropPlan): number {
  return isEnlarged(plan) ? Math.min(plan.size.width, plan.crop.width + 2 * tile.width) : plan.size.width;
}

/** Two rows of tiles in a cache of libvips, one tile as it is read and one as it is unpacked. */
function tilePixels(tile: Size, columns: number, { size }: CropPlan): number {
  return columns * Math.min(size.height, 2 * tile.height) + 2 * tile.width * tile.height;
}

/** By how much libjpeg shrinks while it decodes: sharp leaves a factor of two to the filter (`fastShrinkOnLoad: false`). */
function shrinkFactor({ size, resized }: CropPlan): number {
  const shrink = Math.min(size.width / resized.width, size.height / resized.height);
  const factor = [8, 4, 2].find((candidate) => shrink >= 2 * candidate) ?? 1;
  // libjpeg rounds sizes up, so where the rest would be nothing sharp takes half.
  return factor > 1 && Math.trunc(shrink) === factor ? factor / 2 : factor;
}
