import type { Format } from '../format.ts';
import { startsWith } from '../signature.ts';
import { readJpegHeader } from './header.ts';
import { jpegNeeds, unusualJpegNeeds } from './needs.ts';
import { countJpegParts, JPEG_MAX_PARTS } from './parts.ts';

export const jpeg = {
  title: 'JPEG',
  mediaType: 'image/jpeg',
  libvipsLoader: 'VipsForeignLoadJpeg',
  libvipsReadsExif: true,
  maxParts: JPEG_MAX_PARTS,
  matches: (bytes) => startsWith(bytes, 0xff, 0xd8, 0xff),
  countParts: countJpegParts,
  readHeader(bytes, parts) {
    const header = readJpegHeader(bytes);
    if (!header) return undefined;
    const { width, height, orientation, isPlain, components } = header;
    return {
      width,
      height,
      orientation,
      isPlain,
      isCmyk: components === 4,
      ...jpegNeeds(header, parts.count, bytes.byteLength),
    };
  },
  decoderNeeds: unusualJpegNeeds,
} as const satisfies Format;
