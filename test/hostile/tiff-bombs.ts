import { deflateSync } from 'node:zlib';
import { type TiffEntry, tiffDirectory, tiffHeader } from './bombs.ts';

export interface TiffShape {
  readonly width: number;
  readonly height: number;
  readonly samples?: number;
  /** Bits of one sample. */
  readonly bits?: number;
  /** 1 unsigned, 2 signed, 3 float, 5 complex integer, 6 complex float. */
  readonly sampleFormat?: number;
  /** 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 8 CIELAB. @default by the number of samples */
  readonly photometric?: number;
  /** Whether each sample has its own plane. */
  readonly separate?: boolean;
  readonly rowsPerStrip?: number;
  readonly tile?: { readonly width: number; readonly height: number };
  readonly orientation?: number;
}

const SHORT = 3;
const LONG = 4;

/** A TIFF of zeros (6.0, little-endian). Its strips or tiles are all the same deflated bytes. */
export function zeroTiff(shape: TiffShape): Buffer {
  const { width, height, samples = 3, bits = 8, sampleFormat = 1, separate = false } = shape;
  const { photometric = { 1: 1, 3: 2, 4: 2 }[samples] ?? 2, tile, rowsPerStrip = height } = shape;
  const samplesTogether = separate ? 1 : samples;
  const piece = tile ?? { width, height: Math.min(rowsPerStrip, height) };
  const deflated = deflateSync(
    Buffer.alloc(Math.ceil((piece.width * samplesTogether * bits) / 8) * piece.height),
  );
  const pieces = Math.ceil(width / piece.width) * Math.ceil(height / piece.height) * (separate ? samples : 1);

  const blocks: Buffer[] = [tiffHeader(0), deflated];
  let end = 8 + deflated.length;
  const entries: TiffEntry[] = [];
  const add = (tag: number, type: typeof SHORT | typeof LONG, values: readonly number[]): void => {
    const bytes = Buffer.from(
      type === SHORT ? Uint16Array.from(values).buffer : Uint32Array.from(values).buffer,
    );
    if (bytes.length <= 4) {
      const value = Buffer.concat([bytes, Buffer.alloc(4 - bytes.length)]).readUInt32LE();
      entries.push({ tag, type, count: values.length, value });
      return;
    }
    entries.push({ tag, type, count: values.length, value: end });
    blocks.push(bytes);
    end += bytes.length;
  };
  const each = (value: number, count: number) => Array.from({ length: count }, () => value);

  add(256, LONG, [width]);
  add(257, LONG, [height]);
  add(258, SHORT, each(bits, samples));
  add(259, SHORT, [8]);
  add(262, SHORT, [photometric]);
  if (!tile) add(273, LONG, each(8, pieces));
  if (shape.orientation) add(274, SHORT, [shape.orientation]);
  add(277, SHORT, [samples]);
  if (!tile) add(278, LONG, [Math.min(rowsPerStrip, height)]);
  if (!tile) add(279, LONG, each(deflated.length, pieces));
  add(284, SHORT, [separate ? 2 : 1]);
  if (photometric === 3) add(320, SHORT, each(0, 3 * 2 ** bits));
  if (tile) {
    add(322, LONG, [tile.width]);
    add(323, LONG, [tile.height]);
    add(324, LONG, each(8, pieces));
    add(325, LONG, each(deflated.length, pieces));
  }
  if (photometric === 2 && samples > 3) add(338, SHORT, [2]);
  add(339, SHORT, each(sampleFormat, samples));

  blocks[0] = tiffHeader(end);
  return Buffer.concat([...blocks, tiffDirectory(entries, 0)]);
}
