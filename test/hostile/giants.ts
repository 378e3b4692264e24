import { once } from 'node:events';
import { createDeflate } from 'node:zlib';
import sharp from 'sharp';
import { jpegSegment, type PngOptions, png, progressiveJpeg, riffChunk, withSegments } from './bombs.ts';
import { latin1, u16le, u32le } from './bytes.ts';
import { type Entry, writeTiff } from './corpus/tiff-writer.ts';

/**
 * Whole images of extreme shapes: as long and thin as a format allows, or of about as many pixels as the service takes.
 * Nothing about them is damaged, so they reach the decoders. Of one colour, and so small to send.
 */

const MOST_PIXELS = 50_000_000;

/** Deflated zeros, made in pieces: the pixels of the largest of these images are 400 MB. */
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

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' }, limitInputPixels: false });

async function flatPng(width: number, height: number, options: PngOptions): Promise<Buffer> {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[options.colourType ?? 2];
  const row = 1 + Math.ceil((width * samples * (options.bitDepth ?? 8)) / 8);
  return png(width, height, {
    ...options,
    deflated: await deflatedZeros((row + (options.interlaced ? 8 : 0)) * height),
  });
}

/** Lossless, with one symbol in each of the five codes, so that no pixel takes a bit (RFC 9649, section 3). */
function flatWebp(width: number, height: number): Buffer {
  const head = (width - 1) | ((height - 1) << 14);
  // Three bits for no transform, cache or image of codes; then five times 1000, a simple code of the symbol 0.
  const codes = [0x88, 0x88, 0x08, 0, 0, 0, 0, 0];
  return riffChunk(
    'RIFF',
    Buffer.concat([
      latin1('WEBP'),
      riffChunk('VP8L', Buffer.concat([Buffer.from([0x2f]), u32le(head), Buffer.from(codes)])),
    ]),
  );
}

/** LZW of zeros: each code is one pixel longer than the code before, up to the 4096 that a table holds. */
function flatGif(width: number, height: number): Buffer {
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
    // The decoder's table is one code behind.
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

/** Deflated (compression 8), in one strip or tile. */
async function flatTiff(width: number, height: number, layout: TiffLayout): Promise<Buffer> {
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

const upsideDown = async (jpeg: Promise<Buffer>): Promise<Buffer> =>
  withSegments(
    await jpeg,
    jpegSegment(
      0xe1,
      Buffer.concat([latin1('Exif\0\0II*\0'), u32le(8), u16le(1, 0x112, 3, 1, 0, 6, 0), u32le(0)]),
    ),
  );

const MAKERS: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'jpeg 1 x 65500': () => flat(1, 65_500).jpeg().toBuffer(),
  'jpeg 65500 x 1': () => flat(65_500, 1).jpeg().toBuffer(),
  'jpeg 15 x 65500': () => flat(15, 65_500).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(),
  'jpeg 2 x 65500, on its side': () => upsideDown(flat(2, 65_500).jpeg().toBuffer()),
  'jpeg 1 x 65500, progressive': () => flat(1, 65_500).jpeg({ progressive: true }).toBuffer(),
  'jpeg 65500 x 763, grey, progressive': () => progressiveJpeg(65_500, 763, 9),
  'jpeg 7071 x 7071, grey, progressive, on its side': () =>
    upsideDown(Promise.resolve(progressiveJpeg(7071, 7071, 20))),
  'png 49,999,999 x 1, 16 bits, alpha': () => flatPng(49_999_999, 1, { bitDepth: 16, colourType: 6 }),
  'png 1 x 9,999,999': () => flatPng(1, 9_999_999, { colourType: 2 }),
  'png 25,000,000 x 2, interlaced': () => flatPng(25_000_000, 2, { colourType: 0, interlaced: true }),
  'png 7071 x 7071, 16 bits, alpha': () => flatPng(7071, 7071, { bitDepth: 16, colourType: 6 }),
  'png 50,000,000 x 1, 1 bit': () => flatPng(MOST_PIXELS, 1, { bitDepth: 1, colourType: 0 }),
  'png 3 x 1,000,000, interlaced': () =>
    flatPng(3, 1_000_000, { bitDepth: 16, colourType: 4, interlaced: true }),
  'webp 16383 x 3051': () => flatWebp(16_383, 3051),
  'webp 1 x 16383': () => flatWebp(1, 16_383),
  'webp 16383 x 1, lossy': () => flat(16_383, 1).webp({ effort: 0 }).toBuffer(),
  'gif 65535 x 762': () => flatGif(65_535, 762),
  'gif 1 x 65535': () => flatGif(1, 65_535),
  'avif 4082 x 4082': () => flat(4082, 4082).avif({ effort: 0 }).toBuffer(),
  'avif 16384 x 16': () => flat(16_384, 16).avif({ effort: 0 }).toBuffer(),
  'tiff 49,999,999 x 1, float RGB': () => flatTiff(49_999_999, 1, { bits: 32, samples: 3, float: true }),
  'tiff 1 x 4,000,000': () => flatTiff(1, 4_000_000, { bits: 8, samples: 1 }),
  'tiff 7071 x 7071 in one strip, 16 bits, alpha': () => flatTiff(7071, 7071, { bits: 16, samples: 4 }),
  'tiff 4096 x 4096 in one tile': () => flatTiff(4096, 4096, { bits: 8, samples: 3, tiled: true }),
};

export const GIANTS: readonly string[] = Object.keys(MAKERS);
const made = new Map<string, Promise<Buffer>>();

/** Made once, when first asked for. */
export function giant(name: string): Promise<Buffer> {
  const known = made.get(name);
  if (known) return known;
  const maker = MAKERS[name];
  if (!maker) throw new Error(`Expected one of ${GIANTS.join('; ')}; got ${name}`);
  const bytes = Promise.resolve(maker());
  made.set(name, bytes);
  return bytes;
}
