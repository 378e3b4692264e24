import { createRoute } from '@hono/zod-openapi';
import type { Budgets } from '../../budget/budgets.ts';
import { type ByteCollector, withCollectedBytes } from '../../budget/byte-collector.ts';
import { withReservation } from '../../budget/reservation.ts';
import { type UrlFetcher, urlTooLarge, withoutQuery } from '../../fetch/fetch.ts';
import type { Models } from '../../prediction/models.ts';
import { readSmallObject } from '../body/json/small-object.ts';
import { bodySource } from '../body/source.ts';
import type { UploadLimits } from '../body/upload.ts';
import { chosenModel } from '../chosen-model.ts';
import type { OfferImages } from '../offer-images.ts';
import { json, urlProblems } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { classifyOptions, predictQuery } from '../options/prediction.ts';
import { DEFAULT_TOP_K } from '../options/values.ts';
import { singleAnswer } from '../results.ts';
import { predictionResult, urlBody } from '../schemas/predictions.ts';
import type { RouteHandler } from '../serve-route.ts';
import { invalidFields, validate } from '../validate.ts';

const NOT_A_URL = 'expected an absolute URL such as https://example.com/cat.jpg';

const EXAMPLE = { url: 'https://example.com/cat.jpg', top_k: DEFAULT_TOP_K };

export const predictUrlRoute = createRoute({
  method: 'post',
  path: '/predict/url',
  operationId: 'predictUrl',
  tags: ['Predictions'],
  summary: 'Classify the image at a URL',
  description:
    'Fetches the image over https and classifies it. Only public addresses are allowed, also after redirects. Send ' +
    '`top_k` and `explain` in the query or in the JSON.',
  security: guarded,
  request: {
    query: predictQuery,
    body: { required: true, content: { 'application/json': { schema: urlBody, example: EXAMPLE } } },
  },
  responses: { 200: json(predictionResult, 'The most probable classes.', 'predictUrl'), ...urlProblems },
});

export function predictUrlHandler(
  models: Models,
  fetchUrl: UrlFetcher,
  { bodies, fetches }: Budgets,
  { maxImageBytes }: UploadLimits,
  offer: OfferImages,
): RouteHandler<typeof predictUrlRoute> {
  return async (c, query) => {
    const source = bodySource(c);
    const { owner, signal } = source;
    const { url, ...inBody } = validate(urlBody, await readSmallObject(source, bodies), 'body');
    const options = classifyOptions(query, inBody);
    c.get('record').sourceUrl = withoutQuery(url);
    if (!URL.canParse(url)) throw invalidFields([{ field: 'body.url', message: NOT_A_URL }]);
    const { classifier, predictor } = await chosenModel(
      c,
      models,
      query,
      options.explain > 0 ? ['features'] : [],
    );

    const fetchInto = (add: ByteCollector['add']) =>
      withReservation(fetches, { amount: 1, isHeavy: false, signal }, () => fetchUrl(url, add, signal));
    return withCollectedBytes(
      { gate: bodies, maxBytes: maxImageBytes, owner, signal, tooLarge: () => urlTooLarge(maxImageBytes) },
      fetchInto,
      async (bytes) => {
        const images = [{ bytes }];
        const outcomes = await predictor.classify(images, options, signal);
        offer(c, classifier.manifest, images, outcomes);
        return singleAnswer(c, classifier.manifest, outcomes);
      },
    );
  };
}
