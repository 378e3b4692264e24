import { latin1, u16le } from '../bytes.ts';
import { Random } from '../random.ts';
import { frames, rgb, type Variants } from './picture.ts';

/** Writes codes of `bits` bits, least significant first, in sub-blocks of at most 255 bytes. */
function subBlocks(codes: readonly number[], bits: number): Buffer {
  const bytes: number[] = [];
  let [pending, count] = [0, 0];
  for (const code of codes) {
    pending |= code << count;
    for (count += bits; count >= 8; count -= 8) {
      bytes.push(pending & 0xff);
      pending >>= 8;
    }
  }
  if (count > 0) bytes.push(pending);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.slice(at, at + 255);
    blocks.push(Buffer.from([block.length, ...block]));
  }
  return Buffer.concat([...blocks, Buffer.from([0])]);
}

/** LZW that never uses its table: it sends a clear code before the codes would grow by a bit. */
function lzw(values: readonly number[], bits: number): Buffer {
  const [clear, end] = [2 ** bits, 2 ** bits + 1];
  const codes = values.flatMap((value, at) => (at % (clear - 2) === 0 ? [clear, value] : [value]));
  return Buffer.concat([Buffer.from([bits]), subBlocks([...codes, end], bits + 1)]);
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Bits of a pixel, 2 to 8. The local palette has a colour for each value. */
  readonly bits: number;
  readonly interlaced: boolean;
  readonly disposal: 0 | 1 | 2 | 3;
}

function frame({ left, top, width, height, bits, interlaced, disposal }: Frame): Buffer {
  const random = new Random(bits);
  const bytes = (count: number, limit: number) => Array.from({ length: count }, () => random.below(limit));
  return Buffer.concat([
    Buffer.from([0x21, 0xf9, 4, (disposal << 2) | 1]),
    u16le(10),
    Buffer.from([1, 0, 0x2c]),
    u16le(left, top, width, height),
    Buffer.from([0x80 | (interlaced ? 0x40 : 0) | (bits - 1), ...bytes(3 * 2 ** bits, 256)]),
    lzw(bytes(width * height, 2 ** bits), bits),
  ]);
}

/** One extension of each kind: comment, plain text, application. */
const EXTENSIONS = [
  Buffer.concat([latin1('\x21\xfe\x09a comment'), Buffer.from([0])]),
  Buffer.concat([Buffer.from([0x21, 0x01, 12]), u16le(0, 0, 8, 8), Buffer.from([8, 8, 1, 0, 1, 0x61, 0])]),
  Buffer.concat([latin1('\x21\xff\x0bNETSCAPE2.0\x03\x01'), u16le(0), Buffer.from([0])]),
];

/** GIF89a without a global palette. */
function localPalettes(all: readonly Frame[]): Buffer {
  return Buffer.concat([
    latin1('GIF89a'),
    u16le(40, 30),
    Buffer.from([0x70, 0, 0]),
    ...EXTENSIONS,
    ...all.map(frame),
    Buffer.from([0x3b]),
  ]);
}

const whole = { left: 0, top: 0, width: 40, height: 30, bits: 4, disposal: 0 } as const;

/** GIF87a with a global palette of two colours. */
const oldest = (): Buffer =>
  Buffer.concat([
    latin1('GIF87a'),
    u16le(16, 16),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x2c]),
    u16le(0, 0, 16, 16),
    Buffer.from([0]),
    lzw(
      Array.from({ length: 256 }, (_, at) => (at >> 2) & 1),
      2,
    ),
    Buffer.from([0x3b]),
  ]);

export function gifs(): Variants {
  return {
    gif: rgb().gif({ effort: 1 }).toBuffer(),
    'gif animated': frames().gif({ effort: 1 }).toBuffer(),
    'gif interlaced': rgb().gif({ effort: 1, progressive: true }).toBuffer(),
    'gif of 1987': oldest(),
    'gif interlaced with a local palette': localPalettes([{ ...whole, interlaced: true }]),
    'gif of frames with their own palettes and positions': localPalettes([
      { ...whole, interlaced: false },
      { left: 3, top: 5, width: 21, height: 17, bits: 8, interlaced: true, disposal: 2 },
      { left: 30, top: 20, width: 10, height: 10, bits: 2, interlaced: false, disposal: 3 },
      { left: 0, top: 0, width: 1, height: 1, bits: 3, interlaced: true, disposal: 1 },
    ]),
  };
}
