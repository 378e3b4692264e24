import { crc32, deflateSync } from 'node:zlib';
import { u16be, u16le, u32be } from './bytes.ts';

/**
 * Images that are small to send but large to open. They are written byte by byte, because an encoder would
 * refuse to make them or would itself need all the memory.
 */

const EMPTY = Buffer.alloc(0);

// PNG (W3C PNG specification, third edition)

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export interface PngOptions {
  readonly bitDepth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  readonly colourType?: 0 | 2 | 3 | 4 | 6;
  readonly interlaced?: boolean;
  /** Chunks between the header and the pixels. */
  readonly chunks?: readonly Buffer[];
  /** Deflated pixel data. @default a complete image of zeros */
  readonly deflated?: Buffer;
}

export function png(width: number, height: number, options: PngOptions = {}): Buffer {
  const { bitDepth = 8, colourType = 2, interlaced = false, chunks = [] } = options;
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType];
  const rowBytes = 1 + Math.ceil((width * samples * bitDepth) / 8);
  // Interlaced images have up to two filter bytes for each row.
  const deflated = options.deflated ?? deflateSync(Buffer.alloc((rowBytes + (interlaced ? 8 : 0)) * height));
  const header = Buffer.concat([
    u32be(width, height),
    Buffer.from([bitDepth, colourType, 0, 0, interlaced ? 1 : 0]),
  ]);
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    ...chunks,
    pngChunk('IDAT', deflated),
    pngChunk('IEND', EMPTY),
  ]);
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([u32be(data.length), body, u32be(crc32(body))]);
}

// GIF89a

export interface GifOptions {
  readonly frames?: number;
  /** Side of each frame. */
  readonly frameSide?: number;
}

export function gif(width: number, height: number, { frames = 1, frameSide = 1 }: GifOptions = {}): Buffer {
  const head = Buffer.concat([
    Buffer.from('GIF89a', 'latin1'),
    u16le(width, height),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]),
  ]);
  const frame = Buffer.concat([
    Buffer.from([0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x2c]),
    u16le(0, 0, frameSide, frameSide),
    // LZW: clear, one pixel, end.
    Buffer.from([0, 2, 2, 0x44, 0x01, 0]),
  ]);
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

// JPEG (ITU-T T.81)

export function jpegSegment(marker: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker]), u16be(data.length + 2), data]);
}

/** A Huffman table with one code: `0` for `symbol`. */
const oneCodeTable = (tableClass: 0 | 1, symbol: number): Buffer =>
  jpegSegment(0xc4, Buffer.from([tableClass << 4, 1, ...Array.from({ length: 15 }, () => 0), symbol]));

/**
 * A progressive grey JPEG of one colour that repeats its AC scan `scans` times. Each scan is about 100 bytes.
 */
export function progressiveJpeg(width: number, height: number, scans: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const scan = (spectral: readonly number[], bits: number) =>
    Buffer.concat([
      jpegSegment(0xda, Buffer.from([1, 1, 0, ...spectral])),
      Buffer.alloc(Math.ceil(bits / 8)),
    ]);
  // 0xE0 is EOB14: a run of 16384 empty blocks. Its 14 extra bits are zeros.
  const acScan = scan([1, 63, 0], Math.ceil(blocks / 16384) * 15);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)])),
    jpegSegment(0xc2, Buffer.concat([Buffer.from([8]), u16be(height, width), Buffer.from([1, 1, 0x11, 0])])),
    oneCodeTable(0, 0),
    oneCodeTable(1, 0xe0),
    scan([0, 0, 0], blocks),
    ...Array.from({ length: scans }, () => acScan),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Inserts segments after the first two bytes of a JPEG. */
export const withSegments = (jpeg: Uint8Array, ...segments: readonly Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

/** EXIF in which every directory points to `depth` others, and the last ones to the first. */
export function exif(directories: number): Buffer {
  const POINTERS = [0x8769, 0x8825, 0xa005];
  const bytes = 2 + 12 * POINTERS.length + 4;
  const offsetOf = (directory: number) => 8 + (directory % directories) * bytes;
  const table = Array.from({ length: directories }, (_, directory) =>
    tiffDirectory(
      POINTERS.map((tag, index) => ({ tag, type: 4, count: 1, value: offsetOf(directory + index + 1) })),
      offsetOf(directory + 1),
    ),
  );
  return jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiffHeader(8), ...table]));
}

// TIFF 6.0, little-endian

export interface TiffEntry {
  readonly tag: number;
  /** 3 SHORT, 4 LONG. */
  readonly type: number;
  readonly count: number;
  readonly value: number;
}

export const tiffHeader = (firstDirectory: number): Buffer => {
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(firstDirectory, 4);
  return header;
};

export function tiffDirectory(entries: readonly TiffEntry[], next: number): Buffer {
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  entries.forEach(({ tag, type, count, value }, index) => {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(count, at + 4);
    directory.writeUInt32LE(value, at + 8);
  });
  directory.writeUInt32LE(next, 2 + entries.length * 12);
  return directory;
}

/** Entries of a grey, uncompressed image with one strip. */
const tiffEntries = (
  width: number,
  height: number,
  overrides: Readonly<Record<number, Partial<TiffEntry>>> = {},
): TiffEntry[] =>
  (
    [
      [256, 4, width],
      [257, 4, height],
      [258, 3, 8],
      [259, 3, 1],
      [262, 3, 1],
      [273, 4, 8],
      [277, 3, 1],
      [278, 4, height],
      [279, 4, Math.min(width * height, 2 ** 32 - 1)],
    ] as const
  ).map(([tag, type, value]) => ({ tag, type, count: 1, value, ...overrides[tag] }));

/** A small image whose next page is itself. */
export function tiffLoop(): Buffer {
  const pixels = Buffer.alloc(64);
  const at = 8 + pixels.length;
  return Buffer.concat([tiffHeader(at), pixels, tiffDirectory(tiffEntries(8, 8), at)]);
}

/** `pages` directories, each a complete image of 8 x 8. */
export function tiffPages(pages: number): Buffer {
  const pixels = Buffer.alloc(64);
  const bytes = 2 + 9 * 12 + 4;
  const start = 8 + pixels.length;
  return Buffer.concat([
    tiffHeader(start),
    pixels,
    ...Array.from({ length: pages }, (_, page) =>
      tiffDirectory(tiffEntries(8, 8), page + 1 < pages ? start + (page + 1) * bytes : 0),
    ),
  ]);
}

export function tiff(
  width: number,
  height: number,
  overrides: Readonly<Record<number, Partial<TiffEntry>>> = {},
  pixels: Buffer = Buffer.alloc(1024),
): Buffer {
  return Buffer.concat([
    tiffHeader(8 + pixels.length),
    pixels,
    tiffDirectory(tiffEntries(width, height, overrides), 0),
  ]);
}

// WebP

/** An extended WebP that declares a canvas larger than its only frame. */
export function webp(width: number, height: number, inner: Uint8Array): Buffer {
  const canvas = Buffer.alloc(10);
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    riffChunk('VP8X', canvas),
    Buffer.from(inner).subarray(12),
  ]);
  return riffChunk('RIFF', body);
}

export function riffChunk(type: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type, 'latin1'), size, data, Buffer.alloc(data.length % 2)]);
}

export function animatedWebp(side: number, frames: number, inner: Uint8Array): Buffer {
  const canvas = Buffer.alloc(10);
  // The flag says that the file is an animation.
  canvas[0] = 2;
  canvas.writeUIntLE(side - 1, 4, 3);
  canvas.writeUIntLE(side - 1, 7, 3);
  const place = Buffer.alloc(16);
  place.writeUIntLE(side - 1, 6, 3);
  place.writeUIntLE(side - 1, 9, 3);
  const frame = riffChunk('ANMF', Buffer.concat([place, Buffer.from(inner).subarray(12)]));
  return riffChunk(
    'RIFF',
    Buffer.concat([
      Buffer.from('WEBP', 'latin1'),
      riffChunk('VP8X', canvas),
      riffChunk('ANIM', Buffer.alloc(6)),
      ...Array.from({ length: frames }, () => frame),
    ]),
  );
}

// AVIF

/** Changes the size in the first `ispe` box (ISO/IEC 23008-12, 6.5.3) of an AVIF. */
export function avifOfSize(avif: Uint8Array, width: number, height: number): Buffer {
  const bytes = Buffer.from(avif);
  const at = bytes.indexOf('ispe', 0, 'latin1');
  if (at < 0) throw new Error('Expected an ispe box');
  u32be(width, height).copy(bytes, at + 8);
  return bytes;
}
