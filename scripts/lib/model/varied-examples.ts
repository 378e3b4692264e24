import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const EXAMPLES = ['astronaut', 'cat', 'espresso', 'rocket'];
const CUTS = ['top left', 'top right', 'bottom left', 'bottom right'] as const;
/** Of its width and of its height. */
const PART = 0.7;

/** Twenty photos out of the four examples: each as it is, and four parts of it, every other one mirrored. */
export async function variedExamples(directory: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of EXAMPLES) {
    const source = fileURLToPath(new URL(`../../examples/${name}.jpg`, import.meta.url));
    files.push(source);
    const { width, height } = await sharp(source).metadata();
    for (const [index, cut] of CUTS.entries()) {
      const file = join(directory, `${name}-${index}.jpg`);
      const size = { width: Math.round(width * PART), height: Math.round(height * PART) };
      await sharp(source)
        .extract({
          ...size,
          left: cut.endsWith('right') ? width - size.width : 0,
          top: cut.startsWith('bottom') ? height - size.height : 0,
        })
        .flop(index % 2 === 1)
        .jpeg({ quality: 90 })
        .toFile(file);
      files.push(file);
    }
  }
  return files;
}
