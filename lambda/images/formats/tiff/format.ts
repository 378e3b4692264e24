import type { Format } from '../format.ts';
import { startsWith } from '../signature.ts';
import { tiffNeeds } from './needs.ts';
import { countTiffParts, TIFF_MAX_PARTS } from './parts.ts';

export const tiff = {
  title: 'TIFF',
  mediaType: 'image/tiff',
  libvipsLoader: 'VipsForeignLoadTiff',
  libvipsReadsExif: false,
  maxParts: TIFF_MAX_PARTS,
  matches: (bytes) => startsWith(bytes, 0x49, 0x49, 0x2a, 0) || startsWith(bytes, 0x4d, 0x4d, 0, 0x2a),
  countParts: countTiffParts,
  decoderNeeds: tiffNeeds,
} as const satisfies Format;
