import { z } from '@hono/zod-openapi';
import { type OptionSchemas, oneValueEach } from './options.ts';
import { modelChoice, NORMALIZE_FIELD, normalize, normalizeText } from './values.ts';

/** The options of an embedding: the same in the query, in the fields of a form and in JSON. */
export const embedQuery = z.strictObject({
  normalize: normalizeText.openapi({ ...NORMALIZE_FIELD, param: { name: 'normalize', in: 'query' } }),
  model: modelChoice,
});

export const embeddingOptions = {
  form: z.strictObject({ normalize: normalizeText.openapi(NORMALIZE_FIELD) }),
  json: z.strictObject({ normalize: normalize.optional().openapi({ ...NORMALIZE_FIELD, example: true }) }),
} satisfies OptionSchemas<EmbeddingOptions>;

export interface EmbeddingOptions {
  readonly normalize?: boolean | undefined;
}

/** @throws ServiceError `invalid_request` if the query and the body have different values. */
export const isNormalized = (inQuery: EmbeddingOptions, inBody: EmbeddingOptions): boolean =>
  oneValueEach(inQuery, inBody).normalize ?? false;
