import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { REPOSITORY } from '../../paths.ts';
import { median } from '../../statistics.ts';

const FILE = 'docs/benchmarks/result.json';
const resultSchema = z.object({
  imageSizes: z.array(
    z.object({
      subject: z.string(),
      photo: z.string(),
      bytes: z.int().positive(),
      p50Ms: z.array(z.number().positive()).min(1),
    }),
  ),
});
/** The subject of `npm run bench` that is this service. */
const THIS_SERVICE = 'bundle';

/** Photos of one size. */
export interface Photos {
  /** In pixels, such as `500 x 333`. */
  readonly size: string;
  readonly bytes: number;
  /** What one takes longer to decode than one of 500 px, in milliseconds of a measured core. */
  readonly decodeMs: number;
}

/**
 * The photos that `npm run bench` measured: a usual one of 500 px, the photo of durations.json, and the largest.
 * Decoding a JPEG is serial, so the difference between two sizes is time of one core.
 */
export function measuredPhotos(): { readonly usual: Photos; readonly large: Photos } {
  const { imageSizes } = parseJson(resultSchema, readFileSync(`${REPOSITORY}${FILE}`, 'utf8'), FILE);
  const own = imageSizes.filter(({ subject }) => subject === THIS_SERVICE);
  const usual = own.find(({ photo }) => photo.startsWith('500 '));
  const large = own.toSorted((a, b) => a.bytes - b.bytes).at(-1);
  if (!usual || !large) throw new Error(`${FILE}: expected photos of 500 px and larger ones in imageSizes`);
  return {
    usual: { size: usual.photo, bytes: usual.bytes, decodeMs: 0 },
    large: {
      size: large.photo,
      bytes: large.bytes,
      decodeMs: median(large.p50Ms) - median(usual.p50Ms),
    },
  };
}
