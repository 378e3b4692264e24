import type { Format } from '../format.ts';
import { brands } from '../signature.ts';
import { avifNeeds } from './needs.ts';
import { AVIF_MAX_PARTS, countAvifParts } from './parts.ts';

export const avif = {
  title: 'AVIF',
  mediaType: 'image/avif',
  libvipsLoader: 'VipsForeignLoadHeif',
  libvipsReadsExif: true,
  maxParts: AVIF_MAX_PARTS,
  matches: (bytes) => brands(bytes).some((brand) => brand === 'avif' || brand === 'avis'),
  countParts: countAvifParts,
  decoderNeeds: avifNeeds,
} as const satisfies Format;
