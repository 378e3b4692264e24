import type { Metadata } from 'sharp';
import type { Size } from '../geometry.ts';
import type { Parts } from './parts.ts';

/** What a decoder needs to decode one file. */
export interface DecoderNeeds {
  /** Bytes of a decoded pixel: all channels, alpha included. */
  readonly pixelBytes: number;
  /** The most bytes that the decoder itself holds: whole frames, coefficients or strips. */
  readonly heldBytes: number;
  /** CPU time of the decoder itself in ms, on a slow machine. */
  readonly decoderMs: number;
  /** Whether the decoder can produce a smaller picture directly, as libjpeg can. */
  readonly shrinksOnLoad?: boolean;
  /** Pixels of a tile, for a picture that is read tile by tile. */
  readonly tile?: Size | undefined;
}

/** What is known about a file once the library has read its header. */
export interface FileFacts {
  readonly bytes: Uint8Array;
  readonly parts: Parts;
  readonly metadata: Metadata;
}

export const pixels = ({ width, height }: Size): number => width * height;

/** @returns milliseconds for `count` steps of `nanoseconds` each. */
export const ms = (count: number, nanoseconds: number): number => (count * nanoseconds) / 1e6;

/** Bytes of a sample by the name that libvips gives its type. */
const SAMPLE_BYTES: Readonly<Record<string, number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
};
const LARGEST_SAMPLE_BYTES = 16;

export const sampleBytes = (depth: string | undefined): number =>
  SAMPLE_BYTES[depth ?? ''] ?? LARGEST_SAMPLE_BYTES;

export const vipsPixelBytes = ({ channels, depth }: Metadata): number => (channels ?? 4) * sampleBytes(depth);
