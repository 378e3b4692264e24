import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { GEOMETRY, measureDecode } from '../../../bench/lib/decode-costs/measure.ts';
import type { ImageFormat } from '../../../lambda/images/formats/table.ts';
import type { Geometry } from '../../../lambda/images/geometry.ts';
import { png } from '../../hostile/bombs.ts';
import { type TiffShape, zeroTiff } from '../../hostile/tiff-bombs.ts';

/** DECODE_COST_SAMPLES=300 tests more than a test run has time for, and DECODE_COST_SEED=2 other samples. */
const SAMPLES = Number(process.env['DECODE_COST_SAMPLES'] ?? 40);
const SEED = Number(process.env['DECODE_COST_SEED'] ?? 1);
const MIB = 2 ** 20;
const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
/** Below this size, the pages of the process itself dominate the peak, so a ratio means nothing. */
const FLOOR_BYTES = 12 * MIB;
const HIGHEST_RATIO = 4;
const MAX_TRIES = 3;

interface Shape {
  readonly width: number;
  readonly height: number;
}
interface Sample {
  readonly format: ImageFormat;
  readonly what: string;
  readonly make: (shape: Shape) => Buffer | Promise<Buffer>;
}

const plain = ({ width, height }: Shape, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 100, b: 50, alpha: 0.5 } } });

const jpegs = [
  { what: 'baseline', options: {} },
  { what: 'progressive 4:2:0', options: { progressive: true } },
  { what: 'progressive 4:4:4', options: { progressive: true, chromaSubsampling: '4:4:4' } },
].map(({ what, options }): Sample => {
  return { format: 'jpeg', what, make: (shape) => plain(shape).jpeg(options).toBuffer() };
});
const turned = [2, 3, 4, 5, 6, 7, 8].map((orientation): Sample => {
  const make = (shape: Shape) => plain(shape).withMetadata({ orientation }).jpeg().toBuffer();
  return { format: 'jpeg', what: `orientation ${orientation}`, make };
});
const pngs = [8, 16].flatMap((bitDepth) =>
  ([0, 2, 6] as const).flatMap((colourType) =>
    [false, true].map((interlaced): Sample => {
      const make = ({ width, height }: Shape) => png(width, height, { bitDepth, colourType, interlaced });
      return { format: 'png', what: `${bitDepth} bit, type ${colourType}, interlaced ${interlaced}`, make };
    }),
  ),
);
const webps = [true, false].flatMap((lossless) =>
  ([3, 4] as const).map((channels): Sample => {
    const make = (shape: Shape) => plain(shape, channels).webp({ lossless, effort: 0 }).toBuffer();
    return { format: 'webp', what: `lossless ${lossless}, ${channels} channels`, make };
  }),
);
const avifs = ([8, 12] as const).flatMap((bitdepth) =>
  ([3, 4] as const).map((channels): Sample => {
    const make = (shape: Shape) => plain(shape, channels).avif({ effort: 0, bitdepth }).toBuffer();
    return { format: 'avif', what: `${bitdepth} bit, ${channels} channels`, make };
  }),
);
const tiffs = [
  { what: 'one strip', layout: {} },
  { what: 'strips of 100 rows', layout: { rowsPerStrip: 100 } },
  { what: 'rows', layout: { rowsPerStrip: 1 } },
  { what: 'separate planes', layout: { separate: true } },
  { what: 'separate planes, 16 bit', layout: { separate: true, bits: 16 } },
  { what: 'float', layout: { bits: 32, sampleFormat: 3 } },
  { what: 'CMYK', layout: { samples: 4, photometric: 5 } },
  { what: 'palette', layout: { samples: 1, photometric: 3 } },
  { what: 'one bit', layout: { samples: 1, bits: 1 } },
  { what: 'tiles of 256', layout: { samples: 4, tile: { width: 256, height: 256 } } },
  { what: 'tiles of 1024 x 16', layout: { tile: { width: 1024, height: 16 } } },
  { what: 'tiles of 512 x 2048', layout: { bits: 16, tile: { width: 512, height: 2048 } } },
].map(({ what, layout }): Sample => {
  return { format: 'tiff', what, make: (shape) => zeroTiff({ ...shape, ...clipped(shape, layout) }) };
});

/** libvips refuses a tile that is more than twice as large as the picture. */
function clipped({ width, height }: Shape, layout: Partial<TiffShape>): Partial<TiffShape> {
  const longest = Math.ceil(Math.max(width, height) / 16) * 16;
  const { tile } = layout;
  if (!tile) return layout;
  return {
    ...layout,
    tile: { width: Math.min(tile.width, longest), height: Math.min(tile.height, longest) },
  };
}

const samples: readonly Sample[] = [
  ...jpegs,
  ...turned,
  { format: 'jpeg', what: 'CMYK', make: (shape) => plain(shape).toColourspace('cmyk').jpeg().toBuffer() },
  ...pngs,
  ...webps,
  ...avifs,
  { format: 'gif', what: 'one frame', make: (shape) => plain(shape).gif({ effort: 1 }).toBuffer() },
  ...tiffs,
];

/**
 * Sides from 1 to the longest of a format, within a number of pixels. Extreme sides are as likely as others.
 */
const shapeOf = (format: ImageFormat): fc.Arbitrary<Shape> => {
  const longest = format === 'webp' || format === 'avif' ? 16_383 : 65_500;
  const maxPixels = format === 'avif' ? 3e6 : 8e6;
  const side = fc.oneof(
    fc.constantFrom(1, 2, 255, 256, 257, longest),
    // `fc.double` would draw mostly powers near zero.
    fc.integer({ min: 0, max: 1000 }).map((power) => Math.ceil(longest ** (power / 1000))),
  );
  return fc.tuple(side, side, fc.boolean()).map(([long, short, isTall]) => {
    const limited = Math.max(1, Math.min(short, Math.floor(maxPixels / long)));
    return isTall ? { width: limited, height: long } : { width: long, height: limited };
  });
};

/** Of models that squash the picture, so that one side can become longer and the other shorter, or that are larger. */
const OTHER_GEOMETRIES: readonly Geometry[] = [
  { resize: { exactSide: 224, interpolation: 'bilinear' }, crop: 224 },
  { resize: { exactSide: 384, interpolation: 'bicubic' }, crop: 384 },
  { resize: { shortSide: 292, interpolation: 'bicubic' }, crop: 260 },
];

const sampled = (geometries: readonly Geometry[]) =>
  fc
    .tuple(fc.constantFrom(...samples), fc.constantFrom(...geometries))
    .chain(([sample, geometry]) => shapeOf(sample.format).map((shape) => ({ sample, geometry, shape })));

/**
 * The pages of the process come on top, and more of them on a busy machine: a peak that is too high is
 * measured again.
 */
async function measured(format: ImageFormat, image: Buffer, geometry: Geometry) {
  let lowest = await measureDecode(format, image, geometry);
  for (let tries = 1; tries < MAX_TRIES && lowest.peakBytes > lowest.estimate.bytes; tries += 1) {
    const again = await measureDecode(format, image, geometry);
    if (again.peakBytes < lowest.peakBytes) lowest = again;
  }
  return lowest;
}

test.each([
  ['the model of the repository', [GEOMETRY], SAMPLES],
  ['other models', OTHER_GEOMETRIES, Math.ceil(SAMPLES / 2)],
] as const)(
  'for %s, the estimate is at least the measured peak and at most four times it',
  {
    timeout: SAMPLES * 10_000,
  },
  async (_models, geometries, numRuns) => {
    const violations: string[] = [];
    for (const { sample, geometry, shape } of fc.sample(sampled(geometries), { numRuns, seed: SEED })) {
      const image = await sample.make(shape);
      const { peakBytes, estimate, refusal } = await measured(sample.format, image, geometry);
      const highest = HIGHEST_RATIO * Math.max(peakBytes, FLOOR_BYTES);
      if (refusal === undefined && estimate.bytes >= peakBytes && estimate.bytes <= highest) continue;
      violations.push(
        `${sample.format}, ${sample.what}, ${shape.width} x ${shape.height}, ${JSON.stringify(geometry)}: ` +
          `peak ${mib(peakBytes)}, estimate ${mib(estimate.bytes)} MiB${refusal ? `, ${refusal}` : ''}`,
      );
    }
    expect(violations).toEqual([]);
  },
);
