import sharp from 'sharp';
import { writeFileAtomically } from '../system/files.ts';

/** Of one screenshot, so that the README loads quickly. */
const MAX_BYTES = 300_000;
/** Colours of the palette, from the best picture to the smallest file. */
const PALETTES = [256, 128, 64, 32];

/**
 * Writes a screenshot with the largest palette that keeps it small.
 *
 * @returns its bytes.
 * @throws Error if it is too large with every palette.
 */
export async function writePng(file: string, screenshot: Uint8Array): Promise<number> {
  for (const colours of PALETTES) {
    const png = await sharp(screenshot).png({ palette: true, colours, effort: 10, dither: 0 }).toBuffer();
    if (png.byteLength > MAX_BYTES) continue;
    await writeFileAtomically(file, png);
    return png.byteLength;
  }
  throw new Error(`${file}: expected at most ${MAX_BYTES} bytes, got more with ${PALETTES.at(-1)} colours`);
}
