import { z } from '@hono/zod-openapi';

/**
 * The values of options. In a query or a form they arrive as text, of which only the plain form is accepted. Python's
 * clients write `True` and `False` there.
 */

export const MAX_TOP_K = 1000;
export const DEFAULT_TOP_K = 5;
/** Ten maps are more than a person looks at. */
export const MAX_EXPLAIN = 10;

/** Chooses a model, in a query or in a path. */
export const modelChoiceText = z.string().min(1).max(100);
/** The option `model` of a query. */
export const modelChoice = modelChoiceText.optional().openapi({
  description:
    'The name of a model, or `NAME@VERSION`, as GET /models lists them. The default model if it is left out.',
  param: { name: 'model', in: 'query' },
});

const count = (maximum: number) => z.number().int().min(1).max(maximum);
const countText = (maximum: number, text: RegExp) =>
  z.string().regex(text).transform(Number).pipe(count(maximum));
const booleanText = z
  .string()
  .regex(/^([Tt]rue|[Ff]alse)$/)
  .transform((text) => text.toLowerCase() === 'true')
  .pipe(z.boolean());

/** A part of the results of a job. 10^8 inputs have a hundred parts. */
export const partText = countText(1000, /^\d{1,4}$/).optional();

export const topK = count(MAX_TOP_K);
export const topKText = countText(MAX_TOP_K, /^\d{1,4}$/).optional();
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
export const normalizeText = booleanText.optional();
export const NORMALIZE_FIELD = {
  type: 'boolean',
  description:
    'Whether to divide each embedding by its length, so that the dot product of two is their cosine similarity. `false` if ' +
    'it is left out.',
} as const;

/** A schema with a name, because oapi-codegen makes a type without methods of a union that has none. */
const EXPLAIN = 'Explain';
const EXPLAIN_FIELD = {
  description:
    'How many of the classes to explain with a class activation map, most probable first. `true` is the same as 1. None ' +
    'if it is left out. The model must have activation maps: see GET /model.',
} as const;
export const explain = z.union([z.boolean(), count(MAX_EXPLAIN)]).openapi(EXPLAIN, EXPLAIN_FIELD);
/** Each part says its type in the document, where it would otherwise be a string. */
export const explainText = z
  .union([
    booleanText.openapi({ type: 'boolean' }),
    countText(MAX_EXPLAIN, /^\d{1,2}$/).openapi({ type: 'integer', minimum: 1, maximum: MAX_EXPLAIN }),
  ])
  .openapi(EXPLAIN, EXPLAIN_FIELD);
