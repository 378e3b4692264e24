import { z } from '@hono/zod-openapi';
import { ERROR_KINDS, type ErrorCode } from '../errors.ts';
import { IMAGE_FORMATS } from '../images/formats/format.ts';
import { labelSchema, manifestSchema, WORDNET_ID } from '../model/manifest.ts';

export const MAX_TOP_K = 1000;
export const MAX_BATCH = 16;
const DEFAULT_TOP_K = 5;

const topK = z.number().int().min(1).max(MAX_TOP_K);

/** A query's numbers arrive as text; only plain digits count as one. */
export const predictQuery = z.strictObject({
  top_k: z
    .string()
    .regex(/^\d{1,4}$/, `expected a whole number from 1 to ${MAX_TOP_K}`)
    .transform(Number)
    .pipe(topK)
    .default(DEFAULT_TOP_K)
    .openapi({
      param: { name: 'top_k', in: 'query' },
      type: 'integer',
      minimum: 1,
      maximum: MAX_TOP_K,
      default: DEFAULT_TOP_K,
      description: 'How many classes to name, most probable first.',
    }),
});

export const urlBody = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({ format: 'uri', example: 'https://example.com/cat.jpg' }),
    top_k: topK.default(DEFAULT_TOP_K),
  })
  .openapi('UrlRequest');

const milliseconds = z.number().nonnegative();

const modelRef = z.strictObject({ name: z.string(), version: z.string() }).openapi('ModelRef');

const prediction = z
  .strictObject({
    rank: z.number().int().min(1).openapi({ description: '1 for the most probable class.' }),
    index: z
      .number()
      .int()
      .nonnegative()
      .openapi({ description: "The class's place in the model's output." }),
    wnid: z
      .string()
      .regex(WORDNET_ID)
      .openapi({ description: "The class's WordNet id.", example: 'n02123045' }),
    label: z.string().openapi({ example: 'tabby' }),
    probability: z.number().min(0).max(1),
  })
  .openapi('Prediction');

const imageInfo = z
  .strictObject({
    format: z.enum(IMAGE_FORMATS).openapi({ description: 'By magic bytes.' }),
    width: z.number().int().positive().openapi({ description: 'Pixels, after EXIF orientation.' }),
    height: z.number().int().positive(),
    bytes: z.number().int().positive(),
  })
  .openapi('ImageInfo');

const timing = z
  .strictObject({
    decode: milliseconds.openapi({ description: 'From bytes to the tensor.' }),
    inference: milliseconds.openapi({ description: 'From the tensor to named classes.' }),
    total: milliseconds.openapi({
      description: 'From the request to the response, reading or fetching included.',
    }),
  })
  .openapi('TimingMs', { description: 'Milliseconds.' });

const requestId = z
  .string()
  .openapi({ description: 'Also in the header X-Request-Id; quote it in reports.' });

export const predictResponse = z
  .strictObject({
    request_id: requestId,
    model: modelRef,
    predictions: z.array(prediction),
    image: imageInfo,
    timing_ms: timing,
  })
  .openapi('PredictResponse');

const fieldError = z
  .strictObject({
    field: z.string().openapi({ example: 'query.top_k' }),
    message: z.string(),
  })
  .openapi('FieldError');

const problemFields = {
  type: z.string().openapi({ example: 'urn:problem-type:image-classification:invalid_image' }),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_KINDS) as [ErrorCode, ...ErrorCode[]]),
  fields: z.array(fieldError).optional(),
};

export const problem = z
  .strictObject({ ...problemFields, request_id: requestId })
  .openapi('Problem', { description: 'RFC 9457 problem details. `code` is stable.' });

const batchItem = z.union([
  z.strictObject({
    index: z.number().int().nonnegative(),
    predictions: z.array(prediction),
    image: imageInfo,
  }),
  z.strictObject({ index: z.number().int().nonnegative(), problem: z.strictObject(problemFields) }),
]);

export const batchResponse = z
  .strictObject({
    request_id: requestId,
    model: modelRef,
    results: z.array(batchItem.openapi('BatchItem')).min(1).max(MAX_BATCH),
    timing_ms: timing,
  })
  .openapi('BatchResponse');

export const healthResponse = z
  .strictObject({ status: z.literal('ok'), uptime_s: z.number().nonnegative() })
  .openapi('Health');

export const readyResponse = z.strictObject({ status: z.literal('ready'), model: modelRef }).openapi('Ready');

export const modelResponse = z
  .strictObject({
    ...manifestSchema.shape,
    runtime: z.strictObject({
      threads: z.number().int().positive(),
      onnxruntime: z.string(),
      sharp: z.string(),
      libvips: z.string(),
      node: z.string(),
    }),
  })
  .omit({ schema: true, file: true, labels: true })
  .openapi('Model');

export const labelsResponse = z.array(labelSchema).openapi('Labels');

export type PredictResponse = z.infer<typeof predictResponse>;
export type BatchResponse = z.infer<typeof batchResponse>;
export type ModelResponse = z.infer<typeof modelResponse>;
