import { type DecoderNeeds, type FileFacts, ms, pixels } from '../needs.ts';

const MIB = 2 ** 20;

/** The frame and a copy of it, 4 bytes a pixel each. malloc keeps what smaller buffers leave behind. */
export const webpNeeds = ({ metadata, bytes }: FileFacts): DecoderNeeds => ({
  pixelBytes: 4,
  heldBytes: 8 * pixels(metadata) + Math.min(8 * pixels(metadata), 64 * MIB),
  decoderMs: ms(pixels(metadata), 80) + ms(bytes.byteLength, 100),
});
