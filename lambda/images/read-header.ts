import type { Metadata } from 'sharp';
import { ServiceError } from '../errors.ts';
import type { ImageFormat } from './format.ts';
import type { ImageHeader } from './header.ts';
import { type JpegHeader, readJpegHeader } from './jpeg-header.ts';
import { readTiffLayout, type TiffLayout } from './tiff-header.ts';
import { orientationOf } from './turn.ts';
import { readVipsMetadata } from './vips.ts';

/** What the decoder of a format needs, by what the library and our own reading say of the file. */
type DecoderNeeds = Pick<ImageHeader, 'pixelBytes' | 'heldBytes' | 'decoderMs' | 'shrinksOnLoad'>;

interface Facts {
  readonly bytes: Uint8Array;
  /** Scans, chunks or pages, as counted by `requireFewParts`. */
  readonly parts: number;
  readonly metadata: Metadata;
}

const MIB = 2 ** 20;
const pixels = ({ width, height }: { readonly width: number; readonly height: number }) => width * height;
const ms = (count: number, nanoseconds: number) => (count * nanoseconds) / 1e6;

/** Bytes of a sample by libvips' name for it; what it has no name for here is the largest there is. */
const SAMPLE_BYTES: Readonly<Record<string, number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
};
const sampleBytes = (depth: string | undefined): number => SAMPLE_BYTES[depth ?? ''] ?? 16;
const vipsPixelBytes = ({ channels, depth }: Metadata): number => (channels ?? 4) * sampleBytes(depth);

/** Where a format keeps its facts: one record each, measured by `npm run decode:costs`. */
const DECODERS: Readonly<Record<ImageFormat, (facts: Facts) => DecoderNeeds>> = {
  jpeg: ({ metadata, parts }) =>
    jpegNeeds(
      {
        width: metadata.width,
        height: metadata.height,
        components: 4,
        samplesPerPixel: 4,
        isProgressive: true,
      },
      parts,
    ),

  /** An interlaced picture is put together as a whole. */
  png: ({ metadata }) => {
    const pixelBytes = vipsPixelBytes(metadata);
    const isInterlaced = metadata.isProgressive === true;
    return {
      pixelBytes,
      heldBytes: isInterlaced ? pixels(metadata) * pixelBytes : 0,
      decoderMs: ms(pixels(metadata), 10 * pixelBytes * (isInterlaced ? 2 : 1)),
    };
  },

  /** The frame and a copy of it, 4 bytes a pixel each; what is freed of smaller buffers stays with malloc. */
  webp: ({ metadata }) => ({
    pixelBytes: 4,
    heldBytes: 8 * pixels(metadata) + Math.min(8 * pixels(metadata), 64 * MIB),
    decoderMs: ms(pixels(metadata), 100),
  }),

  /** The screen, 4 bytes a pixel. */
  gif: ({ metadata }) => ({
    pixelBytes: 4,
    heldBytes: 4 * pixels(metadata),
    decoderMs: ms(pixels(metadata), 30),
  }),

  /** Planes of the codec, planes of its result, and interleaved pixels: each for the whole picture. */
  avif: ({ metadata }) => {
    const isDeep = sampleBytes(metadata.depth) > 1 || (metadata.bitsPerSample ?? 16) > 8;
    return {
      pixelBytes: 4 * (isDeep ? 2 : 1),
      heldBytes: pixels(metadata) * (isDeep ? 28 : 20),
      decoderMs: ms(pixels(metadata), 300),
    };
  },

  tiff: ({ metadata, bytes }) => {
    const layout = readTiffLayout(bytes);
    const pixelBytes = vipsPixelBytes(metadata);
    return {
      pixelBytes,
      heldBytes: layout ? tiffHeldBytes(layout, pixelBytes) : 2 * pixels(metadata) * pixelBytes,
      decoderMs: ms(pixels(metadata), 20 * pixelBytes),
    };
  },
};

/** Coefficients of 16 bits are held where a scan does not have all that a pixel needs. */
function jpegNeeds(
  header: Pick<JpegHeader, 'width' | 'height' | 'components' | 'samplesPerPixel' | 'isProgressive'>,
  scans: number,
): DecoderNeeds {
  const samples = pixels(header) * header.samplesPerPixel;
  const holdsCoefficients = header.isProgressive || scans > 1;
  return {
    pixelBytes: header.components,
    heldBytes: holdsCoefficients ? 2 * samples : 0,
    decoderMs: ms(samples, 15 + 5 * (scans - 1)),
    shrinksOnLoad: true,
  };
}

/** Two rows of tiles are kept and one tile is read at a time; strips of few rows go through the cache of the pipeline. */
function tiffHeldBytes(layout: TiffLayout, pixelBytes: number): number {
  const { width, height, tile, rowsPerStrip = height } = layout;
  if (tile) {
    return width * Math.min(height, 2 * tile.height) * pixelBytes + 3 * tile.width * tile.height * pixelBytes;
  }
  return 3 * width * rowsPerStrip * pixelBytes;
}

/** @throws ServiceError `invalid_image` */
export async function readHeader(
  bytes: Uint8Array,
  format: ImageFormat,
  parts: number,
): Promise<ImageHeader> {
  const jpeg = format === 'jpeg' ? readJpegHeader(bytes) : undefined;
  if (jpeg) {
    const { width, height, orientation, isPlain } = jpeg;
    const isCmyk = jpeg.components === 4;
    return { width, height, orientation, isPlain, isCmyk, ...jpegNeeds(jpeg, parts) };
  }
  const metadata = await readVipsMetadata(bytes).catch((cause: unknown) => {
    throw new ServiceError('invalid_image', 'The image header is damaged or cut short.', { cause });
  });
  const { width, height, orientation, space } = metadata;
  return {
    width,
    height,
    orientation: orientationOf(orientation),
    isCmyk: space === 'cmyk',
    ...DECODERS[format]({ bytes, parts, metadata }),
  };
}
