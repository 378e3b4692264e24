import { z } from '@hono/zod-openapi';
import { IMAGE_MEDIA_TYPES } from '../../images/formats/table.ts';
import { COUNT_HEADER, DIMENSIONS_HEADER } from '../embedding/answer.ts';
import { embeddingOptions } from '../options/embedding.ts';
import { predictionOptions } from '../options/prediction.ts';
import { DEFAULT_TOP_K } from '../options/values.ts';
import { MAX_BATCH } from '../schemas/common.ts';
import { embedResult } from '../schemas/embeddings.ts';
import { uploadId } from '../schemas/job-inputs.ts';
import { json as jsonResponse } from './responses.ts';

const { form, json } = predictionOptions;

/**
 * The bytes of an image. OpenAPI 3.1 describes bytes with `contentMediaType`, but most generators still look
 * for the `format` of OpenAPI 3.0. They turn it into a Blob (TypeScript), a File (Go) or a file object (Python).
 */
export const binary = z.string().meta({ format: 'binary', contentMediaType: 'application/octet-stream' });
const base64 = z.string().openapi({ description: 'The image in base64, or a base64 data URL.' });

/** The image as the body itself. */
const imageContent = Object.fromEntries(
  [...IMAGE_MEDIA_TYPES, 'application/octet-stream'].map((mediaType) => [mediaType, { schema: binary }]),
);

/**
 * One pixel, as GIF. The bodies in /docs can be sent as they are. Those made from the schemas would have text that is not
 * an image, and fields that exclude each other.
 */
const PIXEL = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

export const uploadContent = {
  'multipart/form-data': {
    schema: z.strictObject({ file: binary, ...form.shape }).openapi('ImageForm'),
  },
  ...imageContent,
  'application/json': {
    schema: z
      .strictObject({ image: base64.optional(), upload_id: uploadId.optional(), ...json.shape })
      .openapi('ImageRequest', { description: 'Either `image` or `upload_id`.' }),
    example: { image: PIXEL, top_k: DEFAULT_TOP_K },
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
    example: { images: [PIXEL, PIXEL], top_k: DEFAULT_TOP_K },
  },
};

export const embedContent = {
  'multipart/form-data': {
    schema: z
      .strictObject({ file: z.array(binary).min(1).max(MAX_BATCH), ...embeddingOptions.form.shape })
      .openapi('EmbedForm'),
  },
  ...imageContent,
  'application/json': {
    schema: z
      .strictObject({
        image: base64.optional(),
        images: z.array(base64).min(1).max(MAX_BATCH).optional(),
        ...embeddingOptions.json.shape,
      })
      .openapi('EmbedRequest', { description: 'Either `image` or `images`.' }),
    example: { image: PIXEL },
  },
};

const headerOf = (description: string) => ({
  description: `${description} Only with application/octet-stream.`,
  schema: { type: 'integer' as const, minimum: 1 },
});

const inJson = jsonResponse(
  embedResult,
  'One embedding or one problem for each image. The example shows the first eight numbers of its embedding. As ' +
    'application/octet-stream: the numbers alone, as float32 in little-endian order, one image after the other.',
  'embed',
);
export const embedContents = {
  ...inJson,
  headers: {
    ...inJson.headers,
    [DIMENSIONS_HEADER]: headerOf('The length of each embedding.'),
    [COUNT_HEADER]: headerOf('The number of embeddings.'),
  },
  content: { ...inJson.content, 'application/octet-stream': { schema: binary } },
};
