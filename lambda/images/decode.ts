import { ServiceError } from '../errors.ts';
import { type ImageFormat, requireFormat } from './format.ts';
import { type Geometry, planCrop } from './geometry.ts';
import { type JpegHeader, readJpegHeader } from './jpeg-header.ts';
import { cropPlainJpeg, isSmallPlainJpeg } from './plain-jpeg.ts';
import { requireFewParts } from './structure.ts';
import { cropWithVips, readVipsHeader } from './vips.ts';

export interface DecodeLimits {
  /** Bytes of the encoded image. */
  readonly maxImageBytes: number;
  /** Width times height. */
  readonly maxPixels: number;
}

/** Facts about the image as it was sent; width and height in pixels after its EXIF orientation. */
export interface ImageInfo {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

export interface DecodedImage {
  /** The centre crop: interleaved RGB, 8 bits a channel, crop x crop x 3 bytes. */
  readonly rgb: Uint8Array;
  readonly info: ImageInfo;
}

/**
 * Decodes an image to the crop that a model sees, as torchvision's preset does it: upright, 8-bit RGB, alpha over
 * white, short side resized with an antialiased triangle filter, centre crop. Of an animation the first frame counts.
 * As there, the numbers of an RGB file are taken as they are: models are trained without regard to colour profiles,
 * and converting them takes longer than decoding. CMYK has no meaning without a profile, so there it is applied.
 *
 * @throws ServiceError `image_too_large`, `unsupported_media_type`, `too_many_pixels` or `invalid_image`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  geometry: Geometry,
  limits: DecodeLimits,
): Promise<DecodedImage> {
  requireByteCount(bytes.byteLength, limits.maxImageBytes);
  const format = requireFormat(bytes);
  requireFewParts(bytes, format);
  const header = await readHeader(bytes, format);
  const { width, height } = header;
  requirePixelCount(header, format, limits.maxPixels);
  const plan = planCrop({ width, height }, geometry);
  try {
    const rgb =
      (isSmallPlainJpeg(bytes, header) ? cropPlainJpeg(bytes, plan) : undefined) ??
      (await cropWithVips(bytes, plan, { isCmyk: header.isCmyk, maxPixels: limits.maxPixels }));
    return { rgb, info: { format, width, height, bytes: bytes.byteLength } };
  } catch (cause) {
    throw new ServiceError('invalid_image', `The ${format.toUpperCase()} data is damaged or cut short.`, {
      cause,
    });
  }
}

/** @throws ServiceError `image_too_large` */
export function requireByteCount(bytes: number, maxImageBytes: number): void {
  if (bytes <= maxImageBytes) return;
  throw new ServiceError(
    'image_too_large',
    `Expected at most ${maxImageBytes} bytes an image, got ${bytes}.`,
  );
}

/** @throws ServiceError `invalid_image` */
async function readHeader(bytes: Uint8Array, format: ImageFormat): Promise<JpegHeader> {
  const header = format === 'jpeg' ? readJpegHeader(bytes) : undefined;
  if (header) return header;
  try {
    return { ...(await readVipsHeader(bytes)), isPlain: false };
  } catch (cause) {
    throw new ServiceError('invalid_image', 'The image header is damaged or cut short.', { cause });
  }
}

/** @throws ServiceError `too_many_pixels` */
function requirePixelCount(
  { width, height }: { readonly width: number; readonly height: number },
  format: ImageFormat,
  maxPixels: number,
): void {
  // AVIF is decoded as a whole and takes three times the memory of any other format.
  const maximum = format === 'avif' ? Math.floor(maxPixels / 3) : maxPixels;
  if (width * height <= maximum) return;
  throw new ServiceError(
    'too_many_pixels',
    `Expected at most ${maximum} pixels, got ${width} x ${height} = ${width * height}.`,
  );
}
