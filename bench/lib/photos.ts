import { mkdir, readFile, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { example } from '../../scripts/lib/paths.ts';
import { WORK } from './paths.ts';

export interface Photo {
  readonly name: string;
  /** The path of the JPEG file. */
  readonly path: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

const FOLDER = `${WORK}photos/`;
const QUALITY = 80;
/** Examples with the same top-1 class in the int8 and the float32 model. */
export const PHOTO_NAMES = ['cat', 'espresso', 'rocket'] as const;

/** The photos that every server gets, 500 px on their longer side. */
export const usualPhotos = (): Promise<Photo[]> =>
  Promise.all(PHOTO_NAMES.map((name) => makePhoto(name, 500)));

/** The photo that overhead is measured with: a JPEG of 500 px. */
export const overheadPhoto = (): Promise<Buffer> =>
  sharp(example('espresso.jpg')).resize({ width: 500 }).jpeg({ quality: QUALITY }).toBuffer();

/** One photo in sizes from a thumbnail to a phone's photo (4000 x 3000 is 12 megapixels). */
export const photosOfSizes = (): Promise<Photo[]> =>
  Promise.all([100, 500, 4000].map((longSide) => makePhoto('espresso', longSide)));

async function makePhoto(name: string, longSide: number): Promise<Photo> {
  await mkdir(FOLDER, { recursive: true });
  const original = await readFile(example(`${name}.jpg`));
  const { data, info } = await sharp(original)
    .resize({ width: longSide, height: longSide, fit: 'inside' })
    .jpeg({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true });
  const path = `${FOLDER}${name}-${longSide}.jpg`;
  await writeFile(path, data);
  return { name, path, bytes: data.byteLength, width: info.width, height: info.height };
}
