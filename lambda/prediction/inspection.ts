import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Gate } from '../budget/gate.ts';
import { withReservation } from '../budget/reservation.ts';
import { ServiceError } from '../errors.ts';
import type { Geometry } from '../images/geometry.ts';
import { type DecodeLimits, type InspectedImage, inspectImage, type Lend } from '../images/inspect.ts';
import { type Failed, orFailed } from './failed.ts';

export interface ImageBytes {
  readonly bytes: Uint8Array;
  /** The most bytes it may have. @default `maxImageBytes` */
  readonly maxBytes?: number;
}

/** An image as it was sent. In a batch it may be an image that could not even be read from the request. */
export type EncodedImage = ImageBytes | Failed;

export interface InspectionLimits extends DecodeLimits {
  /** Pixels of all images of a request. */
  readonly maxBatchPixels: number;
}

/**
 * Inspects the images of one request, one after the other.
 *
 * @param maxCpuMs for decoding all of them. @default what the images may take one by one
 * @returns one result for each image, in order.
 * @throws ServiceError `overloaded`, or `too_many_pixels` or `decode_too_costly` for all images together; the
 *   reason of `signal`.
 */
export type Inspector = (
  images: readonly EncodedImage[],
  signal: AbortSignal,
  maxCpuMs?: number,
) => Promise<readonly (InspectedImage | Failed)[]>;

/** Searching a file takes up to 10 ms a megabyte. After a larger file the event loop gets a turn. */
const TURN_BYTES = 2 ** 20;
/** Texts and profiles above this size are heavy to read. */
const HEAVY_METADATA_BYTES = 32 * 2 ** 20;

/** @param memory from which the memory for metadata is reserved. */
export function createInspector(geometry: Geometry, limits: InspectionLimits, memory: Gate): Inspector {
  async function inspect(image: EncodedImage, signal: AbortSignal): Promise<InspectedImage | Failed> {
    if ('error' in image) return image;
    const lend: Lend = (bytes, work) =>
      withReservation(memory, { amount: bytes, isHeavy: bytes > HEAVY_METADATA_BYTES, signal }, work);
    const { bytes, maxBytes = limits.maxImageBytes } = image;
    return orFailed(inspectImage(bytes, geometry, { ...limits, maxImageBytes: maxBytes }, lend));
  }

  return async (images, signal, maxCpuMs = Number.POSITIVE_INFINITY) => {
    const inspected: (InspectedImage | Failed)[] = [];
    for (const image of images) {
      signal.throwIfAborted();
      inspected.push(await inspect(image, signal));
      if ('bytes' in image && image.bytes.byteLength > TURN_BYTES) await nextTurn();
    }
    requireTotalPixels(inspected, limits.maxBatchPixels);
    requireTotalCpu(inspected, maxCpuMs);
    return inspected;
  };
}

/** @throws ServiceError `too_many_pixels` */
function requireTotalPixels(images: readonly (InspectedImage | Failed)[], maximum: number): void {
  let pixels = 0;
  for (const image of images) if ('info' in image) pixels += image.info.width * image.info.height;
  if (pixels <= maximum) return;
  throw new ServiceError(
    'too_many_pixels',
    `Expected at most ${maximum} pixels in all images of a request, got ${pixels}.`,
  );
}

/** @throws ServiceError `decode_too_costly` */
function requireTotalCpu(images: readonly (InspectedImage | Failed)[], maximumMs: number): void {
  const cpuMs = totalCpuMs(images);
  if (cpuMs <= maximumMs) return;
  throw new ServiceError(
    'decode_too_costly',
    `Expected images that take at most ${maximumMs / 1000} s of CPU time to decode together, ` +
      `got ones that may take ${Math.ceil(cpuMs / 1000)} s.`,
  );
}

/** The estimate for decoding all images, on a slow machine. */
export const totalCpuMs = (images: readonly (InspectedImage | Failed)[]): number =>
  images.reduce((sum, image) => sum + ('cost' in image ? image.cost.cpuMs : 0), 0);
