import sharp, { type Sharp } from 'sharp';
import { ServiceError } from '../errors.ts';
import { enlarge, enlargedAxis } from './enlarge.ts';
import { type ImageFormat, requireFormat } from './format.ts';
import { type ImageHeader, readJpegHeader } from './jpeg-header.ts';
import { requireFewParts } from './structure.ts';

export interface DecodeLimits {
  /** Bytes of the encoded image. */
  readonly maxImageBytes: number;
  /** Width times height. */
  readonly maxPixels: number;
}

export interface Geometry {
  readonly resize: { readonly shortSide: number };
  /** Side of the centre crop in pixels. */
  readonly crop: number;
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
  const { width, height, isCmyk } = await readHeader(bytes, format, limits.maxPixels);
  const image = sharp(bytes, {
    failOn: 'error',
    limitInputPixels: limits.maxPixels,
    autoOrient: true,
    ignoreIcc: !isCmyk,
  }).flatten({ background: '#ffffff' });
  const resized = resizedSize(width, height, geometry.resize.shortSide);
  const crop = {
    left: cropOffset(resized.width, geometry.crop),
    top: cropOffset(resized.height, geometry.crop),
    width: geometry.crop,
    height: geometry.crop,
  };
  try {
    const rgb =
      Math.min(width, height) < geometry.resize.shortSide
        ? await enlargedCrop(image, { width, height }, resized, crop)
        : await shrunkCrop(image, resized, crop);
    return { rgb, info: { format, width, height, bytes: bytes.byteLength } };
  } catch (cause) {
    throw new ServiceError('invalid_image', `The ${format.toUpperCase()} data is damaged or cut short.`, {
      cause,
    });
  }
}

function shrunkCrop(image: Sharp, resized: Size, crop: Region): Promise<Uint8Array> {
  // JPEG and WebP decoders can shrink while they decode, but alias unless a factor of two is left to the filter.
  return toRgb(
    image.resize({ ...resized, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }).extract(crop),
  );
}

async function enlargedCrop(image: Sharp, size: Size, resized: Size, crop: Region): Promise<Uint8Array> {
  const x = enlargedAxis(size.width, resized.width, crop.left, crop.width);
  const y = enlargedAxis(size.height, resized.height, crop.top, crop.height);
  const region = image.extract({ left: x.start, top: y.start, width: x.length, height: y.length });
  return enlarge(await toRgb(region), x, y);
}

function toRgb(image: Sharp): Promise<Uint8Array> {
  return image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
}

/** @throws ServiceError `image_too_large` */
export function requireByteCount(bytes: number, maxImageBytes: number): void {
  if (bytes <= maxImageBytes) return;
  throw new ServiceError(
    'image_too_large',
    `Expected at most ${maxImageBytes} bytes an image, got ${bytes}.`,
  );
}

/** @throws ServiceError `too_many_pixels` or `invalid_image`. */
async function readHeader(bytes: Uint8Array, format: ImageFormat, maxPixels: number): Promise<ImageHeader> {
  const header = (format === 'jpeg' ? readJpegHeader(bytes) : undefined) ?? (await askForHeader(bytes));
  // AVIF is decoded as a whole and takes three times the memory of any other format.
  const maximum = format === 'avif' ? Math.floor(maxPixels / 3) : maxPixels;
  const { width, height } = header;
  if (width * height > maximum) {
    throw new ServiceError(
      'too_many_pixels',
      `Expected at most ${maximum} pixels, got ${width} x ${height} = ${width * height}.`,
    );
  }
  return header;
}

async function askForHeader(bytes: Uint8Array): Promise<ImageHeader> {
  try {
    // The limit is not left to sharp, because its refusal cannot be told from a broken file.
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false });
    const { autoOrient, space } = await image.metadata();
    return { ...autoOrient, isCmyk: space === 'cmyk' };
  } catch (cause) {
    throw new ServiceError('invalid_image', 'The image header is damaged or cut short.', { cause });
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/** torchvision's `Resize(int)`: the long side is truncated, not rounded. */
function resizedSize(width: number, height: number, shortSide: number): Size {
  return width <= height
    ? { width: shortSide, height: Math.trunc((shortSide * height) / width) }
    : { width: Math.trunc((shortSide * width) / height), height: shortSide };
}

/** torchvision's `CenterCrop` rounds with Python's `round`: halves go to the even neighbour. */
function cropOffset(size: number, crop: number): number {
  const offset = (size - crop) / 2;
  const floor = Math.floor(offset);
  return offset - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(offset);
}
