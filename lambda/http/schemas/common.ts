import { z } from '@hono/zod-openapi';
import { IMAGE_FORMATS } from '../../images/formats/table.ts';
import { openEnum } from '../openapi/open-enum.ts';
import { problemDetails } from '../problem-schemas.ts';

/** Images of one request. */
export const MAX_BATCH = 16;

/**
 * The schemas of answers are open: a client that validates them strictly must not break when a minor version
 * adds a field. Those of requests are strict.
 */
const milliseconds = z.number().nonnegative();

export const modelRef = z.object({ name: z.string(), version: z.string() }).openapi('ModelRef');

export const imageInfo = z
  .object({
    format: openEnum(
      IMAGE_FORMATS,
      'Detected from the first bytes. An open enum: a minor version may add formats.',
    ),
    width: z.number().int().positive().openapi({ description: 'In pixels, after EXIF orientation.' }),
    height: z.number().int().positive().openapi({ description: 'In pixels, after EXIF orientation.' }),
    bytes: z.number().int().positive().openapi({ description: 'Size of the encoded image.' }),
  })
  .openapi('ImageInfo');

export const timing = z
  .object({
    decode: milliseconds.openapi({ description: 'From the encoded image to the tensor.' }),
    inference: milliseconds.openapi({ description: 'From the tensor to the predictions.' }),
    total: milliseconds.openapi({
      description: 'From the request to the response, including reading the body or fetching the URL.',
    }),
  })
  .openapi('TimingMs', { description: 'How long each step took, in milliseconds.' });

export const itemIndex = z
  .number()
  .int()
  .nonnegative()
  .openapi({ description: 'The position of the image in the request, from 0.' });

export const batchFailure = z
  .object({ index: itemIndex, problem: problemDetails })
  .openapi('BatchFailure', { description: 'An image that could not be classified.' });
