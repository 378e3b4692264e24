import { z } from '@hono/zod-openapi';
import { JOB_ID, UPLOAD_ID } from '../../jobs/ids.ts';

export const uploadId = z
  .string()
  .regex(UPLOAD_ID)
  .openapi({ example: 'upl_0f8fad5bd9cb469fa16570867728950e' });
export const jobId = z.string().regex(JOB_ID).openapi({
  description: 'The id that POST /jobs answered with.',
  example: 'job_7c9e6679f78c4b0f8a5d0f1b2c3d4e5f',
});

/** As the URL of `POST /predict/url`. */
export const MAX_URL_CHARACTERS = 2048;
export const inputUrl = z
  .string()
  .min(1)
  .max(MAX_URL_CHARACTERS)
  .openapi({ format: 'uri', example: 'https://example.com/cat.jpg' });
