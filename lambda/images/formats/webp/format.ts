import type { Format } from '../format.ts';
import { ascii } from '../signature.ts';
import { webpNeeds } from './needs.ts';
import { countWebpParts, WEBP_MAX_PARTS } from './parts.ts';

export const webp = {
  title: 'WebP',
  mediaType: 'image/webp',
  libvipsLoader: 'VipsForeignLoadWebp',
  libvipsReadsExif: true,
  maxParts: WEBP_MAX_PARTS,
  matches: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP',
  countParts: countWebpParts,
  decoderNeeds: webpNeeds,
} as const satisfies Format;
