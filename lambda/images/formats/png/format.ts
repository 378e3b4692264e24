import type { Format } from '../format.ts';
import { startsWith } from '../signature.ts';
import { pngNeeds } from './needs.ts';
import { countPngParts, PNG_MAX_PARTS } from './parts.ts';

export const png = {
  title: 'PNG',
  mediaType: 'image/png',
  libvipsLoader: 'VipsForeignLoadPng',
  libvipsReadsExif: true,
  maxParts: PNG_MAX_PARTS,
  matches: (bytes) => startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  countParts: countPngParts,
  decoderNeeds: pngNeeds,
} as const satisfies Format;
