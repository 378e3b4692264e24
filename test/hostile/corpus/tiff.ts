import { grey, picture, pixels, rgb, rgba, turned, type Variants } from './picture.ts';
import { type Entry, type Page, writeTiff } from './tiff-writer.ts';

const WIDTH = 40;
const HEIGHT = 24;
const TILE = 16;

const shorts = (tag: number, ...values: readonly number[]): Entry => ({ tag, type: 3, values });

interface Layout {
  /** Bits of one sample. */
  readonly bits: number;
  readonly samples: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 8 CIELab. */
  readonly photometric: number;
  /** 1 unsigned, 2 signed, 3 float. */
  readonly format?: number;
  readonly more?: readonly Entry[];
}

function entries({ bits, samples, photometric, format = 1, more = [] }: Layout): readonly Entry[] {
  const each = (value: number) => Array.from({ length: samples }, () => value);
  return [
    shorts(256, WIDTH),
    shorts(257, HEIGHT),
    shorts(258, ...each(bits)),
    shorts(259, 1),
    shorts(262, photometric),
    shorts(277, samples),
    shorts(339, ...each(format)),
    ...more,
  ];
}

/** In strips of eight rows. */
function strips(layout: Layout, rowBytes = Math.ceil((WIDTH * layout.samples * layout.bits) / 8)): Page {
  const rows = pixels(rowBytes, HEIGHT, 1);
  return {
    entries: [...entries(layout), shorts(278, 8)],
    data: [0, 8, 16].map((row) => rows.subarray(row * rowBytes, (row + 8) * rowBytes)),
  };
}

/** Each component has its own strip. */
const planes = (layout: Layout): Page => ({
  entries: [...entries(layout), shorts(278, HEIGHT), shorts(284, 2)],
  data: Array.from({ length: layout.samples }, () => pixels((WIDTH * layout.bits) / 8, HEIGHT, 1)),
});

function tiles(layout: Layout, planar: boolean): Page {
  const samples = planar ? 1 : layout.samples;
  const count = Math.ceil(WIDTH / TILE) * Math.ceil(HEIGHT / TILE) * (planar ? layout.samples : 1);
  return {
    entries: [...entries(layout), shorts(322, TILE), shorts(323, TILE), shorts(284, planar ? 2 : 1)],
    data: Array.from({ length: count }, () => pixels((TILE * samples * layout.bits) / 8, TILE, 1)),
    tiled: true,
  };
}

/** Noise of floats between 0 and 1. */
function floats(samples: number, littleEndian: boolean): Buffer {
  const values = Buffer.alloc(WIDTH * HEIGHT * samples * 4);
  pixels(WIDTH, HEIGHT, samples).forEach((value, at) => {
    if (littleEndian) values.writeFloatLE(value / 255, at * 4);
    else values.writeFloatBE(value / 255, at * 4);
  });
  return values;
}

const float = (samples: number, littleEndian: boolean): Buffer =>
  writeTiff(
    [
      {
        entries: [
          ...entries({ bits: 32, samples, photometric: samples === 3 ? 2 : 1, format: 3 }),
          shorts(278, HEIGHT),
        ],
        data: [floats(samples, littleEndian)],
      },
    ],
    littleEndian,
  );

const palette = (bits: number): Layout => ({
  bits,
  samples: 1,
  photometric: 3,
  more: [shorts(320, ...Array.from({ length: 3 * 2 ** bits }, (_, at) => (at * 997) & 0xffff))],
});
const RGB: Layout = { bits: 8, samples: 3, photometric: 2 };
const GREY: Layout = { bits: 8, samples: 1, photometric: 1 };

export function tiffs(): Variants {
  const tile = { tile: true, tileWidth: 32, tileHeight: 32 };
  return {
    'tiff none': rgb().tiff({ compression: 'none' }).toBuffer(),
    'tiff lzw': rgb().tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
    'tiff deflate': rgba().tiff({ compression: 'deflate' }).toBuffer(),
    'tiff packbits, one bit': grey().tiff({ compression: 'packbits', bitdepth: 1 }).toBuffer(),
    'tiff fax': grey().tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer(),
    'tiff jpeg': rgb().tiff({ compression: 'jpeg' }).toBuffer(),
    'tiff webp': rgb().tiff({ compression: 'webp' }).toBuffer(),
    'tiff tiled': rgb()
      .tiff({ compression: 'deflate', ...tile })
      .toBuffer(),
    'tiff pyramid': picture(160, 160)
      .tiff({ compression: 'lzw', pyramid: true, ...tile })
      .toBuffer(),
    'tiff 16 bit, lzw': rgb()
      .toColourspace('rgb16')
      .tiff({ compression: 'lzw', predictor: 'horizontal' })
      .toBuffer(),
    'tiff CMYK': writeTiff([strips({ bits: 8, samples: 4, photometric: 5 })], true),
    'tiff white is zero': writeTiff([strips({ ...GREY, photometric: 0 })], false),
    'tiff big-endian': writeTiff([strips(RGB)], false),
    'tiff 16 bit, big-endian': writeTiff([strips({ ...RGB, bits: 16 })], false),
    'tiff signed': writeTiff([strips({ ...GREY, bits: 16, format: 2 })], true),
    'tiff float': float(3, true),
    'tiff float, grey, big-endian': float(1, false),
    'tiff palette': writeTiff([strips(palette(8))], true),
    'tiff palette of 4 bits': writeTiff([strips(palette(4))], true),
    'tiff grey of 2 bits': writeTiff([strips({ ...GREY, bits: 2 })], true),
    'tiff with alpha': writeTiff([strips({ ...RGB, samples: 4, more: [shorts(338, 2)] })], true),
    'tiff planar': writeTiff([planes(RGB)], true),
    'tiff tiled by hand': writeTiff([tiles(RGB, false)], true),
    'tiff of three pages': writeTiff([strips(RGB), strips(GREY), tiles(RGB, false)], true),
    'tiff with subdirectories': writeTiff(
      [{ ...strips(RGB), subPages: [strips(GREY), strips(GREY)] }],
      false,
    ),
    ...turned('tiff', (image) => image.tiff({ compression: 'lzw' })),
  };
}

/** Valid files that libvips does not read. */
export const oddTiffs = (): Variants => ({
  'tiff CIELab': writeTiff([strips({ bits: 8, samples: 3, photometric: 8 })], true),
  'tiff planar, tiled, 16 bit': writeTiff([tiles({ ...RGB, bits: 16 }, true)], false),
});

/** BigTIFF, which the service does not accept. */
export const bigTiffs = (): Variants => ({
  'tiff with offsets of 64 bits': rgb().tiff({ compression: 'lzw', bigtiff: true }).toBuffer(),
});
