import { z } from '@hono/zod-openapi';
import type { ClassifyOptions } from '../../prediction/predictor.ts';
import { type OptionSchemas, oneValueEach } from './options.ts';
import { DEFAULT_TOP_K, explain, explainText, modelChoice, TOP_K_FIELD, topK, topKText } from './values.ts';

/** The options of a prediction: the same in the query, in the fields of a form and in JSON. */
export const predictQuery = z.strictObject({
  top_k: topKText.openapi({ ...TOP_K_FIELD, param: { name: 'top_k', in: 'query' } }),
  explain: explainText.optional().openapi({ param: { name: 'explain', in: 'query' } }),
  model: modelChoice,
});

export const predictionOptions = {
  form: z.strictObject({
    top_k: topKText.openapi(TOP_K_FIELD),
    explain: explainText.optional(),
  }),
  json: z.strictObject({
    top_k: topK.optional().openapi({ ...TOP_K_FIELD, example: DEFAULT_TOP_K }),
    explain: explain.optional(),
  }),
} satisfies OptionSchemas<PredictionOptions>;

export interface PredictionOptions {
  readonly top_k?: number | undefined;
  readonly explain?: number | boolean | undefined;
}

/** @throws ServiceError `invalid_request` if the query and the body have different values. */
export function classifyOptions(inQuery: PredictionOptions, inBody: PredictionOptions): ClassifyOptions {
  const options = oneValueEach(inQuery, inBody);
  return { topK: options.top_k ?? DEFAULT_TOP_K, explain: Number(options.explain ?? false) };
}
