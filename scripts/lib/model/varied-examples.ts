import { join } from 'node:path';
import sharp from 'sharp';
import { example } from '../paths.ts';

const EXAMPLES = ['astronaut', 'cat', 'espresso', 'rocket'];
const CORNERS = ['top left', 'top right', 'bottom left', 'bottom right'] as const;
/** Share of the width and of the height that a crop keeps. */
const CROP = 0.7;

/**
 * Twenty photos from the four examples: each as it is, and a crop of each corner, every other one mirrored.
 */
export async function variedExamples(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of EXAMPLES) {
    const source = example(`${name}.jpg`);
    files.push(source);
    const { width, height } = await sharp(source).metadata();
    for (const [index, corner] of CORNERS.entries()) {
      const file = join(folder, `${name}-${index}.jpg`);
      const size = { width: Math.round(width * CROP), height: Math.round(height * CROP) };
      await sharp(source)
        .extract({
          ...size,
          left: corner.endsWith('right') ? width - size.width : 0,
          top: corner.startsWith('bottom') ? height - size.height : 0,
        })
        .flop(index % 2 === 1)
        .jpeg({ quality: 90 })
        .toFile(file);
      files.push(file);
    }
  }
  return files;
}
