import { parsing } from '../../loop-share.ts';
import type { BatchUpload, Upload } from '../upload.ts';
import type { Expected, SeveralImages, SingleImage, UploadedImage } from './expected.ts';
import { imageInForm, imagesInForm } from './form.ts';
import { anyImagesInJson, imageOrUploadInJson, imagesInJson } from './json.ts';

/**
 * The image in the body of a `singleUpload`, or the id of the upload that it was sent with.
 *
 * @param body is overwritten where the image is in base64.
 * @throws ServiceError `invalid_request`, `image_too_large`; the reason of `signal`.
 */
export async function imageIn<Options>(
  body: Uint8Array,
  { kind, contentType }: Upload,
  expected: Expected<Options>,
  signal: AbortSignal,
): Promise<SingleImage<Options> | UploadedImage<Options>> {
  switch (kind) {
    case 'form':
      return parsing.run(imageInForm(body, contentType, expected), signal);
    case 'json':
      return parsing.run(imageOrUploadInJson(body, expected), signal);
    case 'raw':
      return { bytes: body, options: {} };
  }
}

/**
 * The images in the body of a `batchUpload`.
 *
 * @param body is overwritten where images are in base64.
 * @throws ServiceError `invalid_request` for the request as a whole; the reason of `signal`.
 */
export async function imagesIn<Options>(
  body: Uint8Array,
  { kind, contentType }: BatchUpload,
  expected: Expected<Options>,
  signal: AbortSignal,
): Promise<SeveralImages<Options>> {
  const steps = kind === 'form' ? imagesInForm(body, contentType, expected) : imagesInJson(body, expected);
  return parsing.run(steps, signal);
}

/**
 * The image or the images in the body of an `anyUpload`.
 *
 * @param body is overwritten where images are in base64.
 * @returns the images, and the field that they were in.
 * @throws ServiceError `invalid_request` for the request as a whole; the reason of `signal`.
 */
export async function anyImagesIn<Options>(
  body: Uint8Array,
  { kind, contentType }: Upload,
  expected: Expected<Options>,
  signal: AbortSignal,
): Promise<SeveralImages<Options> & { readonly field: string }> {
  switch (kind) {
    case 'form': {
      const read = await parsing.run(imagesInForm(body, contentType, expected), signal);
      return { ...read, field: 'body.file' };
    }
    case 'json':
      return parsing.run(anyImagesInJson(body, expected), signal);
    case 'raw':
      return { images: [{ bytes: body }], options: {}, field: 'body' };
  }
}
