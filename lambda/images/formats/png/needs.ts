import { type DecoderNeeds, type FileFacts, ms, pixels, vipsPixelBytes } from '../needs.ts';

/** The decoder holds the whole of an interlaced picture. */
export function pngNeeds({ metadata, bytes, parts }: FileFacts): DecoderNeeds {
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
}
