import { type DecoderNeeds, type FileFacts, ms, pixels } from '../needs.ts';

/** The screen, 4 bytes a pixel. */
export const gifNeeds = ({ metadata, bytes }: FileFacts): DecoderNeeds => ({
  pixelBytes: 4,
  heldBytes: 4 * pixels(metadata),
  decoderMs: ms(pixels(metadata), 30) + ms(bytes.byteLength, 20),
});
