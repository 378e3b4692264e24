import sharp, { type Sharp } from 'sharp';
import { readRepositoryFile } from '../../support/model.ts';
import { Random } from '../random.ts';

/** A gradient with noise: smooth and rough areas, so that encoders use all tools of a format. */
export function pixels(width: number, height: number, channels: number): Buffer {
  const random = new Random(1);
  return Buffer.from(
    Array.from({ length: width * height * channels }, (_, at) => ((at >> 3) & 0xff) ^ random.below(16)),
  );
}

export const picture = (width: number, height: number, channels: 1 | 3 | 4 = 3): Sharp =>
  sharp(pixels(width, height, channels), { raw: { width, height, channels } });

export const rgb = (): Sharp => picture(96, 64);
export const rgba = (): Sharp => picture(72, 96, 4);
export const grey = (): Sharp => picture(80, 80, 1).toColourspace('b-w');

/** Three frames of 64 x 48. */
export const frames = (): Sharp =>
  sharp(pixels(64, 3 * 48, 3), { raw: { width: 64, height: 3 * 48, channels: 3, pageHeight: 48 } });

/** Orientations that are not upright (EXIF 2.32, tag 0x0112). */
const ORIENTATIONS = [2, 3, 4, 5, 6, 7, 8] as const;

/** The picture with every EXIF orientation except the upright one. */
export function turned(format: string, encode: (image: Sharp) => Sharp): Record<string, Promise<Buffer>> {
  return Object.fromEntries(
    ORIENTATIONS.map((orientation) => [
      `${format} with orientation ${orientation}`,
      encode(rgb().withMetadata({ orientation })).toBuffer(),
    ]),
  );
}

/** A stored image that no encoder of these tests can make. `index.ts` says how it was made. */
export const stored = (name: string): Buffer =>
  Buffer.from(readRepositoryFile(`test/fixtures/hostile/corpus/${name}`));

/** Images by name. `createCorpus` awaits them. */
export type Variants = Readonly<Record<string, Buffer | Promise<Buffer>>>;
