import type { ImageFormat } from '../../../lambda/images/formats/table.ts';
import { avifSequences, avifs } from './avif.ts';
import { gifs } from './gif.ts';
import { jpegs } from './jpeg.ts';
import type { Variants } from './picture.ts';
import { pngs } from './png.ts';
import { bigTiffs, oddTiffs, tiffs } from './tiff.ts';
import { webps } from './webp.ts';

export interface Sample {
  readonly name: string;
  readonly format: ImageFormat;
  /** The answer to the sample as it is. */
  readonly status: 200 | 415 | 422;
  readonly bytes: Buffer;
}

const samples = (format: ImageFormat, variants: Variants, status: Sample['status'] = 200) =>
  Object.entries(variants).map(async ([name, bytes]) => ({ name, format, status, bytes: await bytes }));

/**
 * Small images that use every format and the variants of each, so that one takes few milliseconds to decode. They are
 * made here, by sharp or byte by byte. A few are stored (test/fixtures/hostile/corpus): `cjpeg` of libjpeg-turbo 2.1
 * made the JPEGs (`-arithmetic`, `-progressive`, `-restart 1`, `-sample 2x1,1x2,1x1`, `-rgb`; all with `-quality 50`),
 * `avifenc` of libavif 0.11 the AVIFs (`--grid 2x2`, `--irot 1 --imir 0`, `-y 400`, and one of two frames) from one
 * colour.
 */
export function createCorpus(): Promise<readonly Sample[]> {
  return Promise.all([
    ...samples('jpeg', jpegs()),
    ...samples('png', pngs()),
    ...samples('webp', webps()),
    ...samples('gif', gifs()),
    ...samples('avif', avifs()),
    ...samples('avif', avifSequences(), 422),
    ...samples('tiff', tiffs()),
    ...samples('tiff', oddTiffs(), 422),
    ...samples('tiff', bigTiffs(), 415),
  ]);
}
