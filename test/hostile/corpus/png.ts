import { deflateSync } from 'node:zlib';
import { type PngOptions, png, pngChunk } from '../bombs.ts';
import { latin1, packed, u16be, u32be } from '../bytes.ts';
import { Random } from '../random.ts';
import { picture, rgb, rgba, turned, type Variants } from './picture.ts';

const WIDTH = 37;
const HEIGHT = 29;

/** Noise with `samples` values of `bitDepth` bits for each pixel. Rows have no filter. */
function rows(bitDepth: number, samples: number): Buffer {
  const random = new Random(2);
  const limit = 2 ** Math.min(bitDepth, 8);
  return Buffer.concat(
    Array.from({ length: HEIGHT }, () => {
      const values = Array.from({ length: WIDTH * samples * Math.max(1, bitDepth / 8) }, () =>
        random.below(limit),
      );
      return Buffer.concat([Buffer.from([0]), packed(values, Math.min(bitDepth, 8))]);
    }),
  );
}

function noise(bitDepth: number, colourType: 0 | 2 | 3 | 4 | 6, chunks: readonly Buffer[]): Buffer {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType];
  const deflated = deflateSync(rows(bitDepth, samples));
  const options: PngOptions = { bitDepth, colourType, chunks, deflated };
  return png(WIDTH, HEIGHT, options);
}

/** A palette of 2^bits colours. The first half is partly transparent. */
function palette(bits: number): readonly Buffer[] {
  const colours = 2 ** bits;
  const random = new Random(bits);
  const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => random.below(256)));
  return [pngChunk('PLTE', bytes(3 * colours)), pngChunk('tRNS', bytes(Math.ceil(colours / 2)))];
}

/** One of each chunk of the specification that the other samples do not use. */
const ancillary = (): readonly Buffer[] => [
  pngChunk('gAMA', u32be(45455)),
  pngChunk('cHRM', u32be(31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
  pngChunk('sRGB', Buffer.from([0])),
  pngChunk('cICP', Buffer.from([1, 13, 0, 1])),
  pngChunk('sBIT', Buffer.from([8, 8, 8])),
  pngChunk('bKGD', u16be(1, 2, 3)),
  pngChunk('pHYs', Buffer.concat([u32be(2835, 2835), Buffer.from([1])])),
  pngChunk('tIME', Buffer.concat([u16be(2024), Buffer.from([2, 29, 23, 59, 60])])),
  pngChunk('sPLT', Buffer.concat([latin1('p\0\u0008'), Buffer.from([1, 2, 3, 4, 0, 9])])),
  pngChunk('tEXt', latin1('Comment\0text')),
  pngChunk('zTXt', Buffer.concat([latin1('Comment\0\0'), deflateSync(Buffer.alloc(500, 65))])),
  pngChunk('iTXt', Buffer.concat([latin1('Title\0\u0001\0en\0t\0'), deflateSync(Buffer.alloc(500, 66))])),
  pngChunk('acTL', u32be(1, 0)),
  pngChunk('fcTL', Buffer.concat([u32be(0, WIDTH, HEIGHT, 0, 0), u16be(1, 10), Buffer.from([0, 0])])),
];

export function pngs(): Variants {
  return {
    'png 8 bit': rgb().png().toBuffer(),
    'png 16 bit': rgb().toColourspace('rgb16').png().toBuffer(),
    'png palette': rgb().png({ palette: true, colours: 32 }).toBuffer(),
    'png interlaced': rgb().png({ progressive: true }).toBuffer(),
    'png alpha': rgba().png().toBuffer(),
    'png alpha, 16 bit, interlaced': rgba().toColourspace('rgb16').png({ progressive: true }).toBuffer(),
    'png grey': picture(80, 80, 1).toColourspace('b-w').png().toBuffer(),
    'png with a profile': rgb().withIccProfile('p3').png().toBuffer(),
    'png palette of 1 bit with transparency': noise(1, 3, palette(1)),
    'png palette of 2 bits with transparency': noise(2, 3, palette(2)),
    'png palette of 4 bits with transparency': noise(4, 3, palette(4)),
    'png palette of 8 bits with transparency': noise(8, 3, palette(8)),
    'png grey of 1 bit with transparency': noise(1, 0, [pngChunk('tRNS', u16be(1))]),
    'png grey of 2 bits': noise(2, 0, []),
    'png grey of 4 bits': noise(4, 0, []),
    'png grey of 16 bits with alpha': noise(16, 4, []),
    'png with a transparent colour': noise(8, 2, [pngChunk('tRNS', u16be(1, 2, 3))]),
    'png with every chunk': noise(8, 2, ancillary()),
    ...turned('png', (image) => image.png()),
  };
}
