import { createRoute } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { readJsonObject } from '../../images/upload.ts';
import { type ImageFetcher, withoutQuery } from '../../images/url.ts';
import type { AppEnv } from '../context.ts';
import type { ModelAccess } from '../model-access.ts';
import { json, urlProblems, withOptionalKey } from '../openapi.ts';
import { predictionResponse } from '../results.ts';
import { predictResponse, urlBody } from '../schemas.ts';
import { validate } from '../validate.ts';

const MAX_JSON_BYTES = 16 * 1024;

export const predictUrlRoute = createRoute({
  method: 'post',
  path: '/predict/url',
  operationId: 'predictUrl',
  tags: ['Predictions'],
  summary: 'Classify the image at a URL',
  description:
    'Fetches the image over https from a public address and classifies it. Addresses that are not globally ' +
    'routable are refused, on redirects too.',
  security: withOptionalKey,
  request: { body: { required: true, content: { 'application/json': { schema: urlBody } } } },
  responses: { 200: json(predictResponse, 'The most probable classes.'), ...urlProblems },
});

export function predictUrlHandler(model: ModelAccess, fetchImage: ImageFetcher): Handler<AppEnv> {
  return async (c) => {
    const { url, top_k } = validate(urlBody, await readJsonObject(c.req.raw, MAX_JSON_BYTES), 'body');
    c.get('record').sourceUrl = withoutQuery(url);
    const { classifier, predict } = await model.whenReady();
    const image = await fetchImage(url, c.req.raw.signal);
    return predictionResponse(c, classifier.manifest, await predict([{ bytes: image }], top_k));
  };
}
