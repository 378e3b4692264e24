import { type DecodeCost, decodeCost } from './cost.ts';
import { requireFormat } from './formats/detect.ts';
import { requireSimpleExif } from './formats/exif.ts';
import { isSmallPlainJpeg, plainJpegCost } from './formats/jpeg/plain.ts';
import { type Lend, readHeader } from './formats/read-header.ts';
import { FORMATS, type ImageFormat } from './formats/table.ts';
import { type CropPlan, type Geometry, planCrop } from './geometry.ts';
import { type DecodeLimits, requireByteCount, requireCost, requireSize } from './limits.ts';
import { type Orientation, storedPlan, turnSize } from './turn.ts';

export type { DecodeCost } from './cost.ts';
export type { Lend } from './formats/read-header.ts';
export type { DecodeLimits } from './limits.ts';

/** Facts about the image as it was sent. Width and height are in pixels, after EXIF orientation. */
export interface ImageInfo {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** An image within the limits, and how it will be decoded. */
export interface InspectedImage {
  readonly bytes: Uint8Array;
  readonly info: ImageInfo;
  readonly cost: DecodeCost;
  /** For the picture as it is stored. */
  readonly plan: CropPlan;
  readonly orientation: Orientation;
  readonly isCmyk: boolean;
  /** `plain` decodes on the event loop, `vips` on the threads of libvips. */
  readonly decoder: 'plain' | 'vips';
}

/** For callers that inspect one image at a time, and so have the memory. */
const lendAtOnce: Lend = (_bytes, work) => work();

/**
 * Reads the header of an image, and refuses an image that would take too much to decode. Decodes no pixels:
 * this takes microseconds for an ordinary JPEG and a few milliseconds for anything else.
 *
 * @param lend reserves memory for the metadata of the image.
 * @throws ServiceError `image_too_large`, `unsupported_media_type`, `too_many_pixels`, `decode_too_costly` or
 *   `invalid_image`; `invalid_request` for an empty file.
 */
export async function inspectImage(
  bytes: Uint8Array,
  geometry: Geometry,
  limits: DecodeLimits,
  lend: Lend = lendAtOnce,
): Promise<InspectedImage> {
  requireByteCount(bytes.byteLength, limits.maxImageBytes);
  const name = requireFormat(bytes);
  const format = FORMATS[name];
  const parts = format.countParts(bytes);
  if (format.libvipsReadsExif) requireSimpleExif(bytes);
  requireCost({ bytes: parts.metadataBytes, cpuMs: 0 }, limits);
  const header = await readHeader(bytes, format, parts, lend);
  const { orientation, isCmyk } = header;
  const size = turnSize(header, orientation);
  requireSize(size, limits);
  const plan = storedPlan(planCrop(size, geometry), orientation);
  const isPlain = isSmallPlainJpeg(bytes, header, plan, parts.count);
  const cost = isPlain ? plainJpegCost(bytes, plan) : decodeCost(header, plan);
  requireCost(cost, limits);
  return {
    bytes,
    info: { format: name, ...size, bytes: bytes.byteLength },
    cost,
    plan,
    orientation,
    isCmyk,
    decoder: isPlain ? 'plain' : 'vips',
  };
}
