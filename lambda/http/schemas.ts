import { z } from '@hono/zod-openapi';
import { ERROR_KINDS } from '../errors.ts';
import { IMAGE_FORMATS } from '../images/formats/table.ts';
import { labelSchema, manifestSchema, WORDNET_ID } from '../model/manifest.ts';

export const MAX_TOP_K = 1000;
export const MAX_BATCH = 16;
export const DEFAULT_TOP_K = 5;

const topK = z.number().int().min(1).max(MAX_TOP_K);
const TOP_K_DESCRIPTION = 'How many classes to return, most probable first.';
/**
 * In a body the description names the default. The keyword `default` would make the property required in
 * TypeScript clients: their generators read the schema as that of an answer, which always has the property.
 */
const TOP_K_FIELD = {
  type: 'integer',
  minimum: 1,
  maximum: MAX_TOP_K,
  description: `${TOP_K_DESCRIPTION} ${DEFAULT_TOP_K} if it is left out.`,
  example: DEFAULT_TOP_K,
} as const;
/** Numbers in a query or a form arrive as text. Only plain decimal digits are accepted. */
const topKText = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number)
  .pipe(topK)
  .optional();

/** The options of a prediction: the same in the query, in the fields of a form and in JSON. */
export const predictQuery = z.strictObject({
  top_k: topKText.openapi({
    param: { name: 'top_k', in: 'query' },
    type: 'integer',
    minimum: 1,
    maximum: MAX_TOP_K,
    default: DEFAULT_TOP_K,
    description: TOP_K_DESCRIPTION,
  }),
});
export const formOptions = z.strictObject({ top_k: topKText.openapi(TOP_K_FIELD) });
export const jsonOptions = z.strictObject({ top_k: topK.optional().openapi(TOP_K_FIELD) });
export type PredictionOptions = z.output<typeof jsonOptions>;

/** A string with known values. Clients must expect others too, so generated clients get a plain string. */
const openEnum = (values: readonly string[], description: string) =>
  z.string().openapi({ 'x-extensible-enum': [...values], description });

export const urlBody = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({ format: 'uri', example: 'https://example.com/cat.jpg' }),
    ...jsonOptions.shape,
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
      .openapi({ description: "The position of the class in the model's output." }),
    wnid: z
      .string()
      .regex(WORDNET_ID)
      .openapi({ description: 'The WordNet id of the class.', example: 'n02123045' }),
    label: z.string().openapi({ example: 'tabby' }),
    probability: z.number().min(0).max(1),
  })
  .openapi('Prediction');

const imageInfo = z
  .strictObject({
    format: openEnum(
      IMAGE_FORMATS,
      'Detected from the first bytes. An open enum: a minor version may add formats.',
    ),
    width: z.number().int().positive().openapi({ description: 'In pixels, after EXIF orientation.' }),
    height: z.number().int().positive().openapi({ description: 'In pixels, after EXIF orientation.' }),
    bytes: z.number().int().positive().openapi({ description: 'Size of the encoded image.' }),
  })
  .openapi('ImageInfo');

const timing = z
  .strictObject({
    decode: milliseconds.openapi({ description: 'From the encoded image to the tensor.' }),
    inference: milliseconds.openapi({ description: 'From the tensor to the predictions.' }),
    total: milliseconds.openapi({
      description: 'From the request to the response, including reading the body or fetching the URL.',
    }),
  })
  .openapi('TimingMs', { description: 'How long each step took, in milliseconds.' });

const requestId = z
  .string()
  .openapi({ description: 'Also in the header X-Request-Id. Quote it when you report a problem.' });

export const predictResponse = z
  .strictObject({
    request_id: requestId,
    model: modelRef,
    predictions: z.array(prediction),
    image: imageInfo,
    timing_ms: timing,
  })
  .openapi('PredictionResult');

const fieldError = z
  .strictObject({
    field: z.string().openapi({ description: 'Where it is in the request.', example: 'query.top_k' }),
    message: z.string().openapi({ description: 'What was expected of it.' }),
  })
  .openapi('FieldError');

const problemFields = {
  type: z.string().openapi({
    description: 'Identifies the kind of problem: a name, not an address.',
    example: 'urn:problem-type:image-classification:invalid_image',
  }),
  title: z.string().openapi({ description: 'The kind of problem in words.' }),
  status: z.number().int().min(400).max(599).openapi({ description: 'The HTTP status.' }),
  detail: z.string().openapi({ description: 'What was expected and what came, for people to read.' }),
  code: openEnum(
    Object.keys(ERROR_KINDS),
    'The kind of problem, for programs. An open enum: a code never changes its meaning, but a minor version of the API ' +
      'may add codes. Treat a code that you do not know by its `status`.',
  ),
  fields: z
    .array(fieldError)
    .optional()
    .openapi({ description: 'The parts of the request that are wrong, where they are known.' }),
};

export const problem = z
  .strictObject({ ...problemFields, request_id: requestId })
  .openapi('Problem', { description: 'RFC 9457 problem details of a request.' });

const problemDetails = z
  .strictObject(problemFields)
  .openapi('ProblemDetails', { description: 'RFC 9457 problem details of one image in a batch.' });

const itemIndex = z
  .number()
  .int()
  .nonnegative()
  .openapi({ description: 'The position of the image in the request, from 0.' });

const batchPrediction = z
  .strictObject({ index: itemIndex, predictions: z.array(prediction), image: imageInfo })
  .openapi('BatchPrediction', { description: 'An image that was classified.' });

const batchFailure = z
  .strictObject({ index: itemIndex, problem: problemDetails })
  .openapi('BatchFailure', { description: 'An image that could not be classified.' });

const batchItem = z.union([batchPrediction, batchFailure]).openapi('BatchItem');

export const batchResponse = z
  .strictObject({
    request_id: requestId,
    model: modelRef,
    results: z.array(batchItem).min(1).max(MAX_BATCH),
    timing_ms: timing,
  })
  .openapi('BatchResult');

export const healthResponse = z
  .strictObject({
    status: z.literal('ok'),
    uptime_s: z.number().nonnegative().openapi({ description: 'Seconds since the process started.' }),
  })
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

export const labelsResponse = z.array(z.strictObject(labelSchema.shape).openapi('Label')).openapi('Labels');

export type PredictResponse = z.infer<typeof predictResponse>;
export type BatchResponse = z.infer<typeof batchResponse>;
export type ModelResponse = z.infer<typeof modelResponse>;
