import { IMAGE_FORMATS, type ImageFormat } from '../../../lambda/images/formats/table.ts';
import { avifSequences, avifs } from './avif.ts';
import { gifs } from './gif.ts';
import { jpegs } from './jpeg.ts';
import { rgb, turned, type Variants } from './picture.ts';
import { pngs } from './png.ts';
import { bigTiffs, oddTiffs, tiffs } from './tiff.ts';
import { webps } from './webp.ts';

export interface Sample {
  readonly name: string;
  readonly format: ImageFormat;
  /** The response to the undamaged sample. */
  readonly status: 200 | 415 | 422;
  readonly bytes: Buffer;
}

const samples = (format: ImageFormat, variants: Variants, status: Sample['status'] = 200) =>
  Object.entries(variants).map(async ([name, bytes]) => ({ name, format, status, bytes: await bytes }));

const VARIANTS: Readonly<Partial<Record<ImageFormat, () => Variants>>> = {
  jpeg: jpegs,
  png: pngs,
  webp: webps,
  gif: gifs,
  avif: avifs,
  tiff: tiffs,
};

/** Variants that the service refuses. */
const REFUSED: Readonly<
  Partial<Record<ImageFormat, readonly { readonly make: () => Variants; readonly status: 415 | 422 }[]>>
> = {
  avif: [{ make: avifSequences, status: 422 }],
  tiff: [
    { make: oddTiffs, status: 422 },
    { make: bigTiffs, status: 415 },
  ],
};

/** For a format without a file here. */
const variantsBySharp = (format: ImageFormat): Variants => ({
  [format]: rgb().toFormat(format).toBuffer(),
  ...turned(format, (image) => image.toFormat(format)),
});

/**
 * Small images in every format and its variants, each of which takes a few milliseconds to decode. They are
 * made here, by sharp or byte by byte. A few are stored (test/fixtures/hostile/corpus): `cjpeg` of
 * libjpeg-turbo 2.1 made the JPEGs (`-arithmetic`, `-progressive`, `-restart 1`, `-sample 2x1,1x2,1x1`,
 * `-rgb`; all with `-quality 50`), `avifenc` of libavif 0.11 the AVIFs (`--grid 2x2`, `--irot 1 --imir 0`,
 * `-y 400`, and one of two frames) from one colour.
 */
export function createCorpus(): Promise<readonly Sample[]> {
  return Promise.all(
    IMAGE_FORMATS.flatMap((format) => [
      ...samples(format, VARIANTS[format]?.() ?? variantsBySharp(format)),
      ...(REFUSED[format] ?? []).flatMap(({ make, status }) => samples(format, make(), status)),
    ]),
  );
}
