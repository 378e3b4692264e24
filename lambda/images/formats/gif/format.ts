import type { Format } from '../format.ts';
import { ascii } from '../signature.ts';
import { gifNeeds } from './needs.ts';
import { countGifParts, GIF_MAX_PARTS } from './parts.ts';

export const gif = {
  title: 'GIF',
  mediaType: 'image/gif',
  libvipsLoader: 'VipsForeignLoadNsgif',
  libvipsReadsExif: true,
  maxParts: GIF_MAX_PARTS,
  matches: (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)),
  countParts: countGifParts,
  decoderNeeds: gifNeeds,
} as const satisfies Format;
