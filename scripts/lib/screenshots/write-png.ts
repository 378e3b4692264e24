import sharp from 'sharp';
import { writeFileAtomically } from '../system/files.ts';

/** Of one screenshot, so that the README loads quickly. */
const MAX_BYTES = 300_000;

/** What to try, from the best picture to the smallest file. A lower quality has fewer colours. */
const ATTEMPTS = [
  { quality: 100, scale: 1 },
  { quality: 90, scale: 1 },
  { quality: 75, scale: 1 },
  { quality: 75, scale: 0.75 },
  { quality: 75, scale: 0.5 },
];

/**
 * Writes a screenshot as a PNG with a palette, so that its file is small.
 *
 * @returns its bytes.
 * @throws Error if it is too large whatever is tried.
 */
export async function writePng(file: string, screenshot: Uint8Array): Promise<number> {
  const { width } = await sharp(screenshot).metadata();
  let smallest = Number.POSITIVE_INFINITY;
  for (const { quality, scale } of ATTEMPTS) {
    const png = await sharp(screenshot)
      .resize(Math.round(width * scale))
      .png({ palette: true, quality, effort: 10, compressionLevel: 9, dither: 0.5 })
      .toBuffer();
    smallest = Math.min(smallest, png.byteLength);
    if (png.byteLength > MAX_BYTES) continue;
    await writeFileAtomically(file, png);
    return png.byteLength;
  }
  throw new Error(`${file}: expected at most ${MAX_BYTES} bytes, got ${smallest}`);
}
