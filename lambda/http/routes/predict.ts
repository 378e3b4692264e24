import { createRoute } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import { ServiceError } from '../../errors.ts';
import type { Models } from '../../prediction/models.ts';
import { withBody } from '../body/body.ts';
import { imageIn } from '../body/images.ts';
import { bodySource } from '../body/source.ts';
import { singleUpload, type UploadLimits } from '../body/upload.ts';
import { chosenModel } from '../chosen-model.ts';
import type { OfferImages } from '../offer-images.ts';
import { uploadContent } from '../openapi/contents.ts';
import { json, predictProblems } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { classifyOptions, predictionOptions, predictQuery } from '../options/prediction.ts';
import { singleAnswer } from '../results.ts';
import { predictionResult } from '../schemas.ts';
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
      if (TYPES_BY_DEFAULT.test(upload.contentType)) refuseUntypedJson(body);
      const { bytes, options } = await imageIn(body, upload, expected, source.signal);
      const images = [{ bytes }];
      const outcomes = await predictor.classify(images, classifyOptions(query, options), source.signal);
      offer(c, classifier.manifest, images, outcomes);
      return singleAnswer(c, classifier.manifest, outcomes);
    });
  };
}

/** What clients send if they are not told the type, such as curl and fetch. */
const TYPES_BY_DEFAULT = /^(application\/x-www-form-urlencoded|text\/plain)?(;|$)/i;
const LEFT_BRACE = 0x7b;

/**
 * Without its content type, JSON would be refused as an image of an unknown format.
 *
 * @throws ServiceError `unsupported_media_type`
 */
function refuseUntypedJson(body: Uint8Array): void {
  if (body[0] !== LEFT_BRACE) return;
  throw new ServiceError(
    'unsupported_media_type',
    'Expected an image, got what looks like JSON. To send the image in JSON, set Content-Type: application/json.',
  );
}
