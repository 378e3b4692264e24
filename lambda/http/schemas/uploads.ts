import { z } from '@hono/zod-openapi';
import { MAX_MANIFEST_BYTES } from '../jobs/upload-limits.ts';
import { uploadId } from './job-inputs.ts';

/** RFC 6838, 4.2, without parameters. */
const MEDIA_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]{0,63}\/[A-Za-z0-9][\w!#$&^.+-]{0,63}$/;

export const DEFAULT_CONTENT_TYPE = 'application/octet-stream';

export const uploadBody = z
  .strictObject({
    bytes: z.number().int().min(1).max(MAX_MANIFEST_BYTES).openapi({
      description: 'The size of the file: exactly that many bytes will be sent.',
      example: 7_340_032,
    }),
    content_type: z
      .string()
      .min(3)
      .max(129)
      .regex(MEDIA_TYPE)
      .optional()
      .openapi({
        description:
          `The media type that will be sent; \`${DEFAULT_CONTENT_TYPE}\` if it is left out. It says nothing about the format of ` +
          'a photo, which is detected from its first bytes. `text/plain` is a list of inputs, which may be larger than a photo.',
        example: 'image/jpeg',
      }),
  })
  .openapi('UploadRequest');

export const upload = z
  .object({
    upload_id: uploadId,
    method: z.literal('PUT'),
    url: z.string().openapi({
      format: 'uri',
      description: 'Where to send the file. It needs no other credentials, so treat it as a secret.',
    }),
    headers: z.record(z.string(), z.string()).openapi({ description: 'The headers to send with the file.' }),
    expires_at: z.iso.datetime().openapi({
      description:
        'Until then the file can be sent, also again. It can be used for 24 hours after this request.',
    }),
  })
  .openapi('Upload');
