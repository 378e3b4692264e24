import { createRoute } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import type { Gate } from '../../budget/gate.ts';
import type { ModelAccess } from '../../prediction/readiness.ts';
import { withBody } from '../body/body.ts';
import { bodySource } from '../body/source.ts';
import { batchUpload, imagesIn, type UploadLimits } from '../body/upload.ts';
import type { AppEnv } from '../context.ts';
import { batchContent } from '../openapi/contents.ts';
import { withOptionalKey } from '../openapi/document.ts';
import { batchProblems, json } from '../openapi/responses.ts';
import { batchResponse } from '../results.ts';
import { batchResponse as batchResponseSchema, MAX_BATCH, predictQuery } from '../schemas.ts';
import { validate } from '../validate.ts';

export const predictBatchRoute = createRoute({
  method: 'post',
  path: '/predict/batch',
  operationId: 'predictBatch',
  tags: ['Predictions'],
  summary: 'Classify several images at once',
  description:
    `Send up to ${MAX_BATCH} images as files of a form or as base64 strings in JSON. The results have the order of the ` +
    'images. An image that cannot be classified has a problem in place of predictions.',
  security: withOptionalKey,
  request: { query: predictQuery, body: { required: true, content: batchContent } },
  responses: {
    200: json(batchResponseSchema, 'One result or one problem for each image.', 'predictBatch'),
    ...batchProblems,
  },
});

export function predictBatchHandler(model: ModelAccess, limits: UploadLimits, gate: Gate): Handler<AppEnv> {
  return async (c) => {
    const { top_k } = validate(predictQuery, c.req.query(), 'query');
    const { classifier, predict } = await model.whenReady();
    const source = bodySource(c);
    const upload = batchUpload(source.headers, limits);
    return withBody(source, { gate, maxBytes: upload.maxBytes }, async (body) => {
      const images = imagesIn(body, upload, limits);
      return batchResponse(c, classifier.manifest, await predict(images, top_k, source.signal));
    });
  };
}
