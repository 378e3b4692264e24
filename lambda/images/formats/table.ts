import { avif } from './avif/format.ts';
import type { Format } from './format.ts';
import { gif } from './gif/format.ts';
import { jpeg } from './jpeg/format.ts';
import { png } from './png/format.ts';
import { tiff } from './tiff/format.ts';
import { webp } from './webp/format.ts';

/** The image formats that the service decodes, in the order in which clients see them. */
export const FORMATS = { jpeg, png, webp, gif, avif, tiff } as const satisfies Readonly<
  Record<string, Format>
>;

export type ImageFormat = keyof typeof FORMATS;

export const IMAGE_FORMATS = Object.keys(FORMATS) as [ImageFormat, ...ImageFormat[]];

export const IMAGE_MEDIA_TYPES = IMAGE_FORMATS.map((format) => FORMATS[format].mediaType);

/** For messages: `JPEG, PNG or WebP`. */
export const FORMAT_TITLES = IMAGE_FORMATS.map((format) => FORMATS[format].title)
  .join(', ')
  .replace(/, (\w+)$/, ' or $1');
