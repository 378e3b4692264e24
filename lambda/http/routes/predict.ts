import { createRoute } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import type { ImageBytes } from '../../prediction/inspection.ts';
import type { Models } from '../../prediction/models.ts';
import { withBody } from '../body/body.ts';
import { imageIn } from '../body/images/read.ts';
import { bodySource } from '../body/source.ts';
import { refuseUntypedJson } from '../body/untyped-json.ts';
import { singleUpload, type UploadLimits } from '../body/upload.ts';
import { chosenModel } from '../chosen-model.ts';
import type { UploadReader } from '../jobs/read-upload.ts';
import type { OfferImages } from '../offer-images.ts';
import { uploadContent } from '../openapi/contents.ts';
import { json, predictProblems } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import {
  classifyOptions,
  type PredictionOptions,
  predictionOptions,
  predictQuery,
} from '../options/prediction.ts';
import { singleAnswer } from '../results.ts';
import { predictionResult } from '../schemas/predictions.ts';
import type { RouteHandler } from '../serve-route.ts';

export const predictRoute = createRoute({
  method: 'post',
  path: '/predict',
  operationId: 'predict',
  tags: ['Predictions'],
  summary: 'Classify an image',
  description:
    'Send the image as the field `file` of a form, as the body itself with any content type or none, or as base64 ' +
    'in JSON. A photo that is too large for that is uploaded first (POST /uploads), and the JSON has its `upload_id`. The ' +
    'format is detected from the first bytes. Send `top_k` and `explain` in the query, in the form or in the JSON.',
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
  readUpload: UploadReader,
): RouteHandler<typeof predictRoute> {
  const expected = { limits, options: predictionOptions };
  return async (c, query) => {
    const { classifier, predictor } = await chosenModel(c, models, query, query.explain ? ['features'] : []);
    const source = bodySource(c);
    const { signal } = source;

    async function classify(image: ImageBytes, inBody: PredictionOptions) {
      const images = [image];
      const outcomes = await predictor.classify(images, classifyOptions(query, inBody), signal);
      offer(c, classifier.manifest, images, outcomes);
      return singleAnswer(c, classifier.manifest, outcomes);
    }

    const upload = singleUpload(source.headers, limits);
    const read = await withBody(source, { gate, maxBytes: upload.maxBytes }, async (body) => {
      refuseUntypedJson(body, upload);
      const image = await imageIn(body, upload, expected, signal);
      return 'uploadId' in image ? image : { answer: await classify({ bytes: image.bytes }, image.options) };
    });
    if ('answer' in read) return read.answer;
    return readUpload(c, read.uploadId, (bytes, maxBytes) => classify({ bytes, maxBytes }, read.options));
  };
}
