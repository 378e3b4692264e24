import { z } from '@hono/zod-openapi';
import { IMAGE_MEDIA_TYPES } from '../../images/formats/table.ts';
import { predictionOptions } from '../options/prediction.ts';
import { MAX_BATCH } from '../schemas.ts';

const { form, json } = predictionOptions;

/**
 * The bytes of an image. OpenAPI 3.1 describes bytes with `contentMediaType`, but most generators still look
 * for the `format` of OpenAPI 3.0. They turn it into a Blob (TypeScript), a File (Go) or a file object (Python).
 */
const binary = z.string().meta({ format: 'binary', contentMediaType: 'application/octet-stream' });
const base64 = z.string().openapi({ description: 'The image in base64, or a base64 data URL.' });

/** The image as the body itself. */
const imageContent = Object.fromEntries(
  [...IMAGE_MEDIA_TYPES, 'application/octet-stream'].map((mediaType) => [mediaType, { schema: binary }]),
);

export const uploadContent = {
  'multipart/form-data': {
    schema: z.strictObject({ file: binary, ...form.shape }).openapi('ImageForm'),
  },
  ...imageContent,
  'application/json': {
    schema: z.strictObject({ image: base64, ...json.shape }).openapi('ImageRequest'),
  },
};

export const batchContent = {
  'multipart/form-data': {
    schema: z
      .strictObject({ file: z.array(binary).min(1).max(MAX_BATCH), ...form.shape })
      .openapi('BatchForm'),
  },
  'application/json': {
    schema: z
      .strictObject({ images: z.array(base64).min(1).max(MAX_BATCH), ...json.shape })
      .openapi('BatchRequest'),
  },
};
