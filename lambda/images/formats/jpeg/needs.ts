import { type DecoderNeeds, type FileFacts, ms, pixels } from '../needs.ts';
import type { JpegHeader } from './header.ts';

type Sampling = Pick<JpegHeader, 'width' | 'height' | 'components' | 'samplesPerPixel' | 'isProgressive'>;

/** Coefficients of 16 bits are held if one scan does not have all components of a pixel. */
export function jpegNeeds(header: Sampling, scans: number, encodedBytes: number): DecoderNeeds {
  const samples = pixels(header) * header.samplesPerPixel;
  const holdsCoefficients = header.isProgressive || scans > 1;
  return {
    pixelBytes: header.components,
    heldBytes: holdsCoefficients ? 2 * samples : 0,
    decoderMs: ms(samples, 10 + 0.5 * scans) + ms(encodedBytes, 60),
    shrinksOnLoad: true,
  };
}

/** For a file that our own reader does not understand: as if it were of the costliest kind. */
export function unusualJpegNeeds({ metadata: { width, height }, parts, bytes }: FileFacts): DecoderNeeds {
  const costliest = { width, height, components: 4, samplesPerPixel: 4, isProgressive: true };
  return jpegNeeds(costliest, parts.count, bytes.byteLength);
}
