import { createRoute } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import type { Models } from '../../prediction/models.ts';
import { withBody } from '../body/body.ts';
import { imageIn } from '../body/images/read.ts';
import { bodySource } from '../body/source.ts';
import { refuseUntypedJson } from '../body/untyped-json.ts';
import { singleUpload, type UploadLimits } from '../body/upload.ts';
import { chosenModel } from '../chosen-model.ts';
import type { OfferImages } from '../offer-images.ts';
import { uploadContent } from '../openapi/contents.ts';
import { json, predictProblems } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { classifyOptions, predictionOptions, predictQuery } from '../options/prediction.ts';
import { singleAnswer } from '../results.ts';
import { predictionResult } from '../schemas/predictions.ts';
import type { RouteHandler } from '../serve-route.ts';

export const predictRoute = createRoute({
  method: 'post',
  path: '/predict',
  operationId: 'predict',
  tags: ['Predictions'],
  summary: 'Classify an uploaded image',
  description:
    'Send the image as the field `file` of a form, as the body itself with any content type or none, or as base64 ' +
    'in JSON. Its format is detected from its first bytes. Send `top_k` and `explain` in the query, in the form or in ' +
    'the JSON.',
  security: guarded,
  request: {
    query: predictQuery,
    body: { required: true, content: uploadContent },
  },
  responses: { 200: json(predictionResult, 'The most probable classes.', 'predict'), ...predictProblems },
});

export function predictHandler(
  models: Models,
  limits: UploadLimits,
  gate: Gate,
  offer: OfferImages,
): RouteHandler<typeof predictRoute> {
  const expected = { limits, options: predictionOptions };
  return async (c, query) => {
    const { classifier, predictor } = await chosenModel(c, models, query, query.explain ? ['features'] : []);
    const source = bodySource(c);
    const upload = singleUpload(source.headers, limits);
    return withBody(source, { gate, maxBytes: upload.maxBytes }, async (body) => {
      refuseUntypedJson(body, upload);
      const { bytes, options } = await imageIn(body, upload, expected, source.signal);
      const images = [{ bytes }];
      const outcomes = await predictor.classify(images, classifyOptions(query, options), source.signal);
      offer(c, classifier.manifest, images, outcomes);
      return singleAnswer(c, classifier.manifest, outcomes);
    });
  };
}
