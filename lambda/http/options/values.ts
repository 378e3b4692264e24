import { z } from '@hono/zod-openapi';

/** The values of options. In a query or a form they arrive as text, of which only the plain form is accepted. */

const MAX_TOP_K = 1000;
export const DEFAULT_TOP_K = 5;

/** Chooses a model, in a query or in a path. */
export const modelChoiceText = z.string().min(1).max(100);
/** The option `model` of a query. */
export const modelChoice = modelChoiceText.optional().openapi({
  description:
    'The name of a model, or `NAME@VERSION`, as GET /models lists them. The default model if it is left out.',
  param: { name: 'model', in: 'query' },
});

export const topK = z.number().int().min(1).max(MAX_TOP_K);
export const topKText = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number)
  .pipe(topK)
  .optional();
/**
 * The description names the default. The keyword `default` has two bad effects: Python clients send the default in
 * the query, where it contradicts another value in the body, and TypeScript clients require the property in a body.
 */
export const TOP_K_FIELD = {
  type: 'integer',
  minimum: 1,
  maximum: MAX_TOP_K,
  description: `How many classes to return, most probable first. ${DEFAULT_TOP_K} if it is left out.`,
} as const;

export const normalize = z.boolean();
export const normalizeText = z
  .string()
  .regex(/^(true|false)$/)
  .transform((text) => text === 'true')
  .pipe(normalize)
  .optional();
export const NORMALIZE_FIELD = {
  type: 'boolean',
  description:
    'Whether to divide each embedding by its length, so that the dot product of two is their cosine similarity. `false` if ' +
    'it is left out.',
} as const;

/** Ten maps are more than a person looks at. */
const MAX_EXPLAIN = 10;

/** `true` is the same as 1. */
export const explain = z.union([z.boolean(), z.number().int().min(1).max(MAX_EXPLAIN)]);
export const explainText = z
  .string()
  .regex(/^(true|false|\d{1,2})$/)
  .transform((text) => (/\d/.test(text) ? Number(text) : text === 'true'))
  .pipe(explain)
  .optional();
export const EXPLAIN_FIELD = {
  anyOf: [{ type: 'boolean' as const }, { type: 'integer' as const, minimum: 1, maximum: MAX_EXPLAIN }],
  description:
    'How many of the classes to explain with a class activation map, most probable first. `true` is the same as 1. None ' +
    'if it is left out. The model must have activation maps: see GET /model.',
};
