import { createRoute } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import type { Models } from '../../prediction/models.ts';
import { withBody } from '../body/body.ts';
import { imagesIn } from '../body/images/read.ts';
import { bodySource } from '../body/source.ts';
import { batchUpload, type UploadLimits } from '../body/upload.ts';
import { chosenModel } from '../chosen-model.ts';
import type { OfferImages } from '../offer-images.ts';
import { batchContent } from '../openapi/contents.ts';
import { batchProblems, json } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { classifyOptions, predictionOptions, predictQuery } from '../options/prediction.ts';
import { batchAnswer } from '../results.ts';
import { MAX_BATCH } from '../schemas/common.ts';
import { batchResult } from '../schemas/predictions.ts';
import type { RouteHandler } from '../serve-route.ts';

export const predictBatchRoute = createRoute({
  method: 'post',
  path: '/predict/batch',
  operationId: 'predictBatch',
  tags: ['Predictions'],
  summary: 'Classify several images in one request',
  description:
    `Send up to ${MAX_BATCH} images as fields \`file\` of a form or as base64 strings in JSON. The results are ` +
    'in the order of the images. An image that cannot be classified has a problem instead of predictions. Send ' +
    '`top_k` and `explain`, which apply to all images, in the query, in the form or in the JSON.',
  security: guarded,
  request: { query: predictQuery, body: { required: true, content: batchContent } },
  responses: {
    200: json(batchResult, 'One result or one problem for each image.', 'predictBatch'),
    ...batchProblems,
  },
});

export function predictBatchHandler(
  models: Models,
  limits: UploadLimits,
  gate: Gate,
  offer: OfferImages,
): RouteHandler<typeof predictBatchRoute> {
  const expected = { limits, options: predictionOptions };
  return async (c, query) => {
    const { classifier, predictor } = await chosenModel(c, models, query, query.explain ? ['features'] : []);
    const source = bodySource(c);
    const upload = batchUpload(source.headers, limits);
    return withBody(source, { gate, maxBytes: upload.maxBytes }, async (body) => {
      const { images, options } = await imagesIn(body, upload, expected, source.signal);
      const outcomes = await predictor.classify(images, classifyOptions(query, options), source.signal);
      offer(c, classifier.manifest, images, outcomes);
      return batchAnswer(c, classifier.manifest, outcomes);
    });
  };
}
