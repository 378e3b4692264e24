import { createRoute } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import type { Gate } from '../../budget/gate.ts';
import type { ModelAccess } from '../../prediction/readiness.ts';
import { withBody } from '../body/body.ts';
import { bodySource } from '../body/source.ts';
import { imageIn, singleUpload, type UploadLimits } from '../body/upload.ts';
import type { AppEnv } from '../context.ts';
import { uploadContent } from '../openapi/contents.ts';
import { withOptionalKey } from '../openapi/document.ts';
import { json, predictProblems } from '../openapi/responses.ts';
import { predictionResponse } from '../results.ts';
import { predictQuery, predictResponse } from '../schemas.ts';
import { validate } from '../validate.ts';

export const predictRoute = createRoute({
  method: 'post',
  path: '/predict',
  operationId: 'predict',
  tags: ['Predictions'],
  summary: 'Classify an uploaded image',
  description:
    'Send the image as the field `file` of a form, as the body itself with any content type or none, or as base64 ' +
    'in JSON. Its format is detected from its first bytes.',
  security: withOptionalKey,
  request: {
    query: predictQuery,
    body: { required: true, content: uploadContent },
  },
  responses: { 200: json(predictResponse, 'The most probable classes.', 'predict'), ...predictProblems },
});

export function predictHandler(model: ModelAccess, limits: UploadLimits, gate: Gate): Handler<AppEnv> {
  return async (c) => {
    const { top_k } = validate(predictQuery, c.req.query(), 'query');
    const { classifier, predict } = await model.whenReady();
    const source = bodySource(c);
    const upload = singleUpload(source.headers, limits);
    return withBody(source, { gate, maxBytes: upload.maxBytes }, async (body) => {
      const image = { bytes: imageIn(body, upload, limits) };
      return predictionResponse(c, classifier.manifest, await predict([image], top_k, source.signal));
    });
  };
}
