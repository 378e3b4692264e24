import { once } from 'node:events';
import { createDeflate } from 'node:zlib';
import sharp from 'sharp';
import { jpegSegment, type PngOptions, png, riffChunk, withSegments } from './bombs.ts';
import { latin1, u16le, u32le } from './bytes.ts';
import { type Entry, writeTiff } from './corpus/tiff-writer.ts';

/** Images of one colour and of any size. They are small, and take little time and memory to make. */

/** Deflated zeros, made in pieces because the largest images have 400 MB of pixels. */
async function deflatedZeros(bytes: number): Promise<Buffer> {
  const deflate = createDeflate({ level: 1 });
  const pieces: Buffer[] = [];
  deflate.on('data', (piece) => pieces.push(piece));
  const ended = once(deflate, 'end');
  const block = Buffer.alloc(1_000_000);
  for (let left = bytes; left > 0; left -= block.length)
    if (!deflate.write(left < block.length ? block.subarray(0, left) : block)) await once(deflate, 'drain');
  deflate.end();
  await ended;
  return Buffer.concat(pieces);
}

export const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' }, limitInputPixels: false });

export async function flatPng(width: number, height: number, options: PngOptions): Promise<Buffer> {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[options.colourType ?? 2];
  const row = 1 + Math.ceil((width * samples * (options.bitDepth ?? 8)) / 8);
  return png(width, height, {
    ...options,
    deflated: await deflatedZeros((row + (options.interlaced ? 8 : 0)) * height),
  });
}

/**
 * Lossless WebP with one symbol in each of the five codes, so that pixels take no bits (RFC 9649, section 3).
 */
export function flatWebp(width: number, height: number): Buffer {
  const head = (width - 1) | ((height - 1) << 14);
  // Three bits for no transform, cache or image of codes. Then five times 1000, a simple code with the symbol
  // 0.
  const codes = [0x88, 0x88, 0x08, 0, 0, 0, 0, 0];
  return riffChunk(
    'RIFF',
    Buffer.concat([
      latin1('WEBP'),
      riffChunk('VP8L', Buffer.concat([Buffer.from([0x2f]), u32le(head), Buffer.from(codes)])),
    ]),
  );
}

/** LZW of zeros. Each code is one pixel longer than the one before, up to the 4096 codes of a table. */
export function flatGif(width: number, height: number): Buffer {
  const bytes: number[] = [];
  let [pending, count, bits] = [0, 0, 3];
  function write(code: number): void {
    pending |= code << count;
    for (count += bits; count >= 8; count -= 8) {
      bytes.push(pending & 0xff);
      pending >>= 8;
    }
  }
  write(4);
  write(0);
  let [left, code] = [width * height - 1, 6];
  for (let length = 2; left >= length; length = Math.min(length + 1, 4096 - 5)) {
    write(code);
    left -= length;
    // The table of the decoder is one code behind.
    if (code < 4095) code += 1;
    if (code === 2 ** bits && bits < 12) bits += 1;
  }
  write(5);
  if (count > 0) bytes.push(pending);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.slice(at, at + 255);
    blocks.push(Buffer.from([block.length, ...block]));
  }
  return Buffer.concat([
    latin1('GIF89a'),
    u16le(width, height),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c]),
    u16le(0, 0, width, height),
    Buffer.from([0, 2]),
    ...blocks,
    Buffer.from([0, 0x3b]),
  ]);
}

interface TiffLayout {
  readonly bits: number;
  readonly samples: number;
  readonly float?: boolean;
  readonly tiled?: boolean;
}

/** TIFF, deflated (compression 8), in one strip or tile. */
export async function flatTiff(width: number, height: number, layout: TiffLayout): Promise<Buffer> {
  const { bits, samples, float = false, tiled = false } = layout;
  const each = (value: number) => Array.from({ length: samples }, () => value);
  const up = (side: number) => (tiled ? Math.ceil(side / 16) * 16 : side);
  const entry = (tag: number, type: Entry['type'], ...values: readonly number[]): Entry => ({
    tag,
    type,
    values,
  });
  const entries = [
    entry(256, 4, width),
    entry(257, 4, height),
    entry(258, 3, ...each(bits)),
    entry(259, 3, 8),
    entry(262, 3, samples >= 3 ? 2 : 1),
    entry(277, 3, samples),
    entry(339, 3, ...each(float ? 3 : 1)),
    ...(samples === 4 ? [entry(338, 3, 2)] : []),
    ...(tiled ? [entry(322, 4, up(width)), entry(323, 4, up(height))] : [entry(278, 4, height)]),
  ];
  const data = [await deflatedZeros((up(width) * up(height) * samples * bits) / 8)];
  return writeTiff([{ entries, data, tiled }], true);
}

export const upsideDown = async (jpeg: Promise<Buffer>): Promise<Buffer> =>
  withSegments(
    await jpeg,
    jpegSegment(
      0xe1,
      Buffer.concat([latin1('Exif\0\0II*\0'), u32le(8), u16le(1, 0x112, 3, 1, 0, 6, 0), u32le(0)]),
    ),
  );
