import type { Metadata } from 'sharp';
import { ServiceError } from '../../errors.ts';
import { orientationOf } from '../turn.ts';
import { readVipsMetadata } from '../vips.ts';
import { readAvifLayout } from './avif/header.ts';
import type { ImageFormat } from './format.ts';
import type { ImageHeader } from './header.ts';
import { type JpegHeader, readJpegHeader } from './jpeg/header.ts';
import { MAX_PARTS, type Parts } from './parts.ts';
import { hasProgressiveJpeg, readTiffLayout, tiffHeldBytes, tiffPieces } from './tiff/header.ts';

/** What the decoder of a format needs, by what the library and our own reading say of the file. */
type DecoderNeeds = Pick<ImageHeader, 'pixelBytes' | 'heldBytes' | 'decoderMs' | 'shrinksOnLoad' | 'tile'>;

interface Facts {
  readonly bytes: Uint8Array;
  readonly parts: Parts;
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

/** What each format's decoder needs: one record a format, measured by `npm run decode:costs`. */
const DECODERS: Readonly<Record<ImageFormat, (facts: Facts) => DecoderNeeds>> = {
  /** One that is out of the ordinary: as if it were of the costliest kind. */
  jpeg: ({ metadata: { width, height }, parts, bytes }) =>
    jpegNeeds(
      { width, height, components: 4, samplesPerPixel: 4, isProgressive: true },
      parts.count,
      bytes.byteLength,
    ),

  /** An interlaced picture is put together as a whole. */
  png: ({ metadata, bytes, parts }) => {
    const pixelBytes = vipsPixelBytes(metadata);
    const isInterlaced = metadata.isProgressive === true;
    return {
      pixelBytes,
      heldBytes: isInterlaced ? pixels(metadata) * pixelBytes : 0,
      decoderMs:
        ms(pixels(metadata), pixelBytes * (isInterlaced ? 6 : 3)) +
        ms(bytes.byteLength, 20) +
        ms(parts.metadataBytes, 2),
    };
  },

  /** The frame and a copy of it, 4 bytes a pixel each; what is freed of smaller buffers stays with malloc. */
  webp: ({ metadata, bytes }) => ({
    pixelBytes: 4,
    heldBytes: 8 * pixels(metadata) + Math.min(8 * pixels(metadata), 64 * MIB),
    decoderMs: ms(pixels(metadata), 80) + ms(bytes.byteLength, 100),
  }),

  /** The screen, 4 bytes a pixel. */
  gif: ({ metadata, bytes }) => ({
    pixelBytes: 4,
    heldBytes: 4 * pixels(metadata),
    decoderMs: ms(pixels(metadata), 30) + ms(bytes.byteLength, 20),
  }),

  /** Planes of the codec, planes of its result, and interleaved pixels: each for the whole picture. */
  avif: ({ metadata, bytes }) => {
    const layout = readAvifLayout(bytes);
    if (!layout) throw new ServiceError('invalid_image', 'The image header is damaged or cut short.');
    const isDeep = sampleBytes(metadata.depth) > 1 || (metadata.bitsPerSample ?? 16) > 8;
    return {
      pixelBytes: 4 * (isDeep ? 2 : 1),
      heldBytes:
        Math.max(pixels(metadata), layout.largestPixels) * (isDeep ? 32 : 24) +
        borderPixels(metadata) * (isDeep ? 8 : 4),
      decoderMs:
        ms(Math.max(pixels(metadata), layout.codedPixels), isDeep ? 400 : 250) + ms(bytes.byteLength, 300),
    };
  },

  tiff: ({ metadata, bytes }) => {
    const layout = readTiffLayout(bytes);
    const pixelBytes = vipsPixelBytes(metadata);
    const allBytes = pixels(metadata) * pixelBytes;
    const scans = hasProgressiveJpeg(bytes, layout) ? MAX_PARTS.jpegScans : 1;
    return {
      pixelBytes,
      tile: layout?.tile,
      heldBytes: (layout ? tiffHeldBytes(layout, pixelBytes) : 3 * allBytes) + (scans > 1 ? 2 * allBytes : 0),
      decoderMs: ms(allBytes, 5 + 0.5 * scans) + ms(layout ? tiffPieces(layout) : pixels(metadata), 18_000),
    };
  },
};

/** libaom surrounds each frame with a border, which is most of one that is a few pixels high. */
const AOM_BORDER = 160;
const borderPixels = ({ width, height }: Metadata): number =>
  2 * AOM_BORDER * (width + height + 2 * AOM_BORDER);

/** Coefficients of 16 bits are held where a scan does not have all that a pixel needs. */
function jpegNeeds(
  header: Pick<JpegHeader, 'width' | 'height' | 'components' | 'samplesPerPixel' | 'isProgressive'>,
  scans: number,
  encodedBytes: number,
): DecoderNeeds {
  const samples = pixels(header) * header.samplesPerPixel;
  const holdsCoefficients = header.isProgressive || scans > 1;
  return {
    pixelBytes: header.components,
    heldBytes: holdsCoefficients ? 2 * samples : 0,
    decoderMs: ms(samples, 10 + 0.5 * scans) + ms(encodedBytes, 60),
    shrinksOnLoad: true,
  };
}

/** Nanoseconds that a chunk, a page or a scan takes to be found, whatever it holds. */
const PART_NS = 90_000;

const withMetadata = (needs: DecoderNeeds, { count, metadataBytes }: Parts): DecoderNeeds => ({
  ...needs,
  heldBytes: needs.heldBytes + metadataBytes,
  decoderMs: needs.decoderMs + ms(count, PART_NS),
});

/** Does work that takes so many bytes of memory once there is room for them. */
export type Lend = <Result>(bytes: number, work: () => Promise<Result>) => Promise<Result>;

/**
 * @param lend memory to the library, for the metadata of what is not an ordinary JPEG.
 * @throws ServiceError `invalid_image`, and what `lend` throws.
 */
export async function readHeader(
  bytes: Uint8Array,
  format: ImageFormat,
  parts: Parts,
  lend: Lend,
): Promise<ImageHeader> {
  const jpeg = format === 'jpeg' ? readJpegHeader(bytes) : undefined;
  if (jpeg) {
    const { width, height, orientation, isPlain } = jpeg;
    const isCmyk = jpeg.components === 4;
    const needs = jpegNeeds(jpeg, parts.count, bytes.byteLength);
    return { width, height, orientation, isPlain, isCmyk, ...withMetadata(needs, parts) };
  }
  const metadata = await lend(parts.metadataBytes, () =>
    readVipsMetadata(bytes).catch((cause: unknown) => {
      throw new ServiceError('invalid_image', 'The image header is damaged or cut short.', { cause });
    }),
  );
  const { width, height, orientation, space } = metadata;
  return {
    width,
    height,
    orientation: orientationOf(orientation),
    isCmyk: space === 'cmyk',
    ...withMetadata(DECODERS[format]({ bytes, parts, metadata }), parts),
  };
}
