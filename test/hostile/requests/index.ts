import type { Random } from '../random.ts';
import type { RequestBody } from './body.ts';
import { jsonBody } from './json.ts';
import { multipartBody } from './multipart.ts';

/** Content types for a body that is the image itself. */
const TYPES = [
  'image/jpeg',
  'image/svg+xml',
  'image/avif;q=0.1',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'application/json',
  'multipart/form-data; boundary=JFIF',
  'multipart/form-data; boundary="\u00ff\u00d8"',
  'multipart/byteranges',
  'text/html; charset=utf-7',
  'x/y+json',
  '/',
  ';;;',
  ',',
  'a'.repeat(4000),
  '',
];

export interface RequestMutant extends RequestBody {
  readonly path: '/predict' | '/predict/batch';
}

/**
 * Puts images into a request with a damaged framing, encoding or content type.
 * @param takeImage makes the next image
 */
export function mutateRequest(takeImage: () => Uint8Array, random: Random): RequestMutant {
  const isBatch = random.below(2) === 0;
  const path = isBatch ? '/predict/batch' : '/predict';
  const images = Array.from({ length: isBatch ? random.of([0, 1, 2, 3, 16, 17]) : 1 }, takeImage);
  const kind = random.below(5);
  if (kind < 2) return { path, ...multipartBody(images, random) };
  if (kind < 4) return { path, ...jsonBody(images, isBatch, random) };
  const contentType = random.of(TYPES);
  return { path, contentType, body: Buffer.concat(images), did: `image as ${contentType.slice(0, 100)}` };
}
