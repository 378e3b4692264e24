import { ServiceError } from '../errors.ts';
import type { DecodeCost } from './cost.ts';
import type { Size } from './geometry.ts';

export interface DecodeLimits {
  /** Bytes of the encoded image. */
  readonly maxImageBytes: number;
  /** Width times height. */
  readonly maxPixels: number;
  /** Pixels of the longer side. */
  readonly maxSide: number;
  /** Estimated working memory for decoding one image, in bytes. */
  readonly maxDecodeBytes: number;
}

/** For callers without settings: the longest side of a JPEG, and what a container with one vCPU can spare. */
export const DEFAULT_DECODE_LIMITS = { maxSide: 65_535, maxDecodeBytes: 640 * 2 ** 20 } as const;

/** @throws ServiceError `image_too_large` */
export function requireByteCount(bytes: number, maxImageBytes: number): void {
  if (bytes <= maxImageBytes) return;
  throw new ServiceError(
    'image_too_large',
    `Expected an image of at most ${maxImageBytes} bytes, got ${bytes}.`,
  );
}

/** @throws ServiceError `too_many_pixels` */
export function requireSize({ width, height }: Size, { maxPixels, maxSide }: DecodeLimits): void {
  if (Math.max(width, height) > maxSide) {
    throw new ServiceError(
      'too_many_pixels',
      `Expected at most ${maxSide} pixels a side, got ${width} x ${height}.`,
    );
  }
  if (width * height > maxPixels) {
    throw new ServiceError(
      'too_many_pixels',
      `Expected at most ${maxPixels} pixels, got ${width} x ${height} = ${width * height}.`,
    );
  }
}

const MIB = 2 ** 20;

/** Estimated CPU time to decode one image in ms, on a slow machine. A fast one takes a third to a half. */
export const MAX_DECODE_MS = 10_000;

/** @throws ServiceError `decode_too_costly` */
export function requireCost({ bytes, cpuMs }: DecodeCost, { maxDecodeBytes }: DecodeLimits): void {
  if (cpuMs > MAX_DECODE_MS) {
    throw new ServiceError(
      'decode_too_costly',
      `Expected an image that takes at most ${MAX_DECODE_MS / 1000} s of CPU time to decode, ` +
        `got one that may take ${Math.ceil(cpuMs / 1000)} s.`,
    );
  }
  if (bytes <= maxDecodeBytes) return;
  throw new ServiceError(
    'decode_too_costly',
    `Expected an image that takes at most ${Math.floor(maxDecodeBytes / MIB)} MiB of memory to decode, ` +
      `got one that may take ${Math.ceil(bytes / MIB)} MiB.`,
  );
}
