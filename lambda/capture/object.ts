import { CAPTURES_PREFIX } from '../config/capture.ts';
import { FORMATS, type ImageFormat } from '../images/formats/table.ts';

/** A classified image, exactly as the service got it. */
export interface CapturedImage {
  readonly requestId: string;
  /** Its place in a batch, from 0. Undefined for the only image of a request. */
  readonly index: number | undefined;
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  readonly model: { readonly name: string; readonly version: string };
  readonly top: { readonly index: number; readonly probability: number };
}

export interface StoredObject {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The name of an image in the bucket, such as `captures/2026/11/27/0b0c….jpeg`, and its headers. The log line
 * of the request has the same id. Neither the URL of a fetched image nor anything about the client is stored.
 *
 * @param now its date in UTC is part of the key.
 */
export function objectOf({ requestId, index, format, model, top }: CapturedImage, now: Date): StoredObject {
  const date = now.toISOString().slice(0, 10).replaceAll('-', '/');
  const suffix = index === undefined ? '' : `-${index}`;
  return {
    key: `${CAPTURES_PREFIX}${date}/${withoutSpecial(requestId)}${suffix}.${format}`,
    headers: {
      'content-type': FORMATS[format].mediaType,
      // Clients may choose the request id. They must not replace an image that is stored already.
      'if-none-match': '*',
      // Headers are ASCII, and the name of a model may not be.
      'x-amz-meta-model': encodeURIComponent(model.name),
      'x-amz-meta-model-version': encodeURIComponent(model.version),
      'x-amz-meta-top1-index': String(top.index),
      'x-amz-meta-top1-probability': top.probability.toFixed(4),
    },
  };
}

/** Ids from HTTP APIs may contain a slash, which would make a folder. */
const withoutSpecial = (id: string): string => id.replace(/[^\w.-]/g, '_');
