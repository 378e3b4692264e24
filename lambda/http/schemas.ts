import { z } from '@hono/zod-openapi';
import { IMAGE_FORMATS } from '../images/formats/table.ts';
import { labelSchema, manifestSchema, WORDNET_ID } from '../model/manifest.ts';
import { openEnum } from './openapi/open-enum.ts';
import { problemDetails, requestId } from './problem-schemas.ts';

const MAX_TOP_K = 1000;
export const MAX_BATCH = 16;
export const DEFAULT_TOP_K = 5;

const topK = z.number().int().min(1).max(MAX_TOP_K);
/**
 * The description names the default. The keyword `default` has two bad effects: Python clients send the default in
 * the query, where it contradicts another value in the body, and TypeScript clients require the property in a body.
 */
const TOP_K_FIELD = {
  type: 'integer',
  minimum: 1,
  maximum: MAX_TOP_K,
  description: `How many classes to return, most probable first. ${DEFAULT_TOP_K} if it is left out.`,
} as const;
/** Numbers in a query or a form arrive as text. Only plain decimal digits are accepted. */
const topKText = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number)
  .pipe(topK)
  .optional();

/** Chooses a model, in a query or in a path. */
export const modelChoiceText = z.string().min(1).max(100);

/** The options of a prediction: the same in the query, in the fields of a form and in JSON. */
export const predictQuery = z.strictObject({
  top_k: topKText.openapi({ ...TOP_K_FIELD, param: { name: 'top_k', in: 'query' } }),
  model: modelChoiceText.optional().openapi({
    description:
      'The name of a model, or `NAME@VERSION`, as GET /models lists them. The default model if it is left out.',
    param: { name: 'model', in: 'query' },
  }),
});
export const formOptions = z.strictObject({ top_k: topKText.openapi(TOP_K_FIELD) });
export const jsonOptions = z.strictObject({
  top_k: topK.optional().openapi({ ...TOP_K_FIELD, example: DEFAULT_TOP_K }),
});
export type PredictionOptions = z.output<typeof jsonOptions>;

export const urlBody = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({ format: 'uri', example: 'https://example.com/cat.jpg' }),
    ...jsonOptions.shape,
  })
  .openapi('UrlRequest');

/**
 * The schemas of answers are open: a client that validates them strictly must not break when a minor version
 * adds a field. Those of requests are strict.
 */
const milliseconds = z.number().nonnegative();

const modelRef = z.object({ name: z.string(), version: z.string() }).openapi('ModelRef');

const prediction = z
  .object({
    rank: z.number().int().min(1).openapi({ description: '1 for the most probable class.' }),
    index: z
      .number()
      .int()
      .nonnegative()
      .openapi({ description: "The position of the class in the model's output." }),
    wnid: z.string().regex(WORDNET_ID).optional().openapi({
      description: 'The WordNet id of the class. Missing if the model’s classes are not those of ImageNet.',
      example: 'n02123045',
    }),
    label: z.string().openapi({ example: 'tabby' }),
    probability: z.number().min(0).max(1),
  })
  .openapi('Prediction');

const imageInfo = z
  .object({
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
  .object({
    decode: milliseconds.openapi({ description: 'From the encoded image to the tensor.' }),
    inference: milliseconds.openapi({ description: 'From the tensor to the predictions.' }),
    total: milliseconds.openapi({
      description: 'From the request to the response, including reading the body or fetching the URL.',
    }),
  })
  .openapi('TimingMs', { description: 'How long each step took, in milliseconds.' });

export const predictionResult = z
  .object({
    request_id: requestId,
    model: modelRef,
    predictions: z.array(prediction),
    image: imageInfo,
    timing_ms: timing,
  })
  .openapi('PredictionResult');

const itemIndex = z
  .number()
  .int()
  .nonnegative()
  .openapi({ description: 'The position of the image in the request, from 0.' });

const batchPrediction = z
  .object({ index: itemIndex, predictions: z.array(prediction), image: imageInfo })
  .openapi('BatchPrediction', { description: 'An image that was classified.' });

const batchFailure = z
  .object({ index: itemIndex, problem: problemDetails })
  .openapi('BatchFailure', { description: 'An image that could not be classified.' });

const batchItem = z.union([batchPrediction, batchFailure]).openapi('BatchItem');

export const batchResult = z
  .object({
    request_id: requestId,
    model: modelRef,
    results: z.array(batchItem).min(1).max(MAX_BATCH),
    timing_ms: timing,
  })
  .openapi('BatchResult');

export const healthResponse = z
  .object({
    status: z.literal('ok'),
    uptime_s: z.number().nonnegative().openapi({ description: 'Seconds since the process started.' }),
  })
  .openapi('Health');

const modelStatus = z
  .object({
    ...modelRef.shape,
    state: openEnum(['loading', 'ready', 'failed'], 'An open enum: a minor version may add states.'),
  })
  .openapi('ModelStatus');

export const readyResponse = z
  .object({
    status: z.literal('ready'),
    model: modelRef.openapi({ description: 'The default model.' }),
    models: z.array(modelStatus).openapi({ description: 'All models. Only the default one must be ready.' }),
  })
  .openapi('Ready');

export const modelsResponse = z
  .object({ models: z.array(modelStatus).min(1) })
  .openapi('Models', { description: 'The models in order. The first is the default.' });

const { output, preprocessing, provenance, accuracy, weights } = manifestSchema.shape;

/** All kinds of input in one object, because generated clients handle a choice of objects badly. */
const modelInput = z
  .object({
    name: z.string(),
    dtype: openEnum(['float32', 'uint8'], 'An open enum: a minor version may add types.'),
    layout: openEnum(['NCHW', 'NHWC'], 'An open enum: a minor version may add layouts.'),
    shape: z
      .array(z.number().int().positive().nullable())
      .min(4)
      .max(4)
      .openapi({ description: 'In the order of the layout. A batch of null means any size.' }),
    blockSize: z.number().int().positive().optional().openapi({
      description:
        'The height and width of a block, if pixels are in blocks as ONNX’s SpaceToDepth makes them.',
    }),
    quantization: z.object({ scale: z.number().positive(), zeroPoint: z.number().int() }).optional().openapi({
      description:
        'A uint8 stands for (uint8 - zeroPoint) * scale. Without it, a uint8 is the value of a pixel.',
    }),
  })
  .openapi('ModelInput');

const modelResize = z
  .object({
    shortSide: z
      .number()
      .int()
      .positive()
      .optional()
      .openapi({ description: 'Pixels of the shorter side after resizing. The aspect ratio is kept.' }),
    exactSide: z
      .number()
      .int()
      .positive()
      .optional()
      .openapi({ description: 'Pixels of both sides after resizing. The aspect ratio is lost.' }),
    interpolation: openEnum(['bilinear', 'bicubic'], 'An open enum: a minor version may add filters.'),
    antialias: z.boolean(),
  })
  .openapi('ModelResize');

export const modelResponse = z
  .object({
    ...manifestSchema.shape,
    input: modelInput,
    weights: weights.unwrap().omit({ file: true }).strip().optional(),
    output: output.strip(),
    preprocessing: preprocessing.extend({ resize: modelResize }).strip(),
    provenance: provenance.strip(),
    accuracy: z.array(accuracy.element.strip()),
    runtime: z.object({
      threads: z.number().int().positive(),
      onnxruntime: z.string(),
      sharp: z.string(),
      libvips: z.string(),
      node: z.string(),
    }),
  })
  .omit({ schema: true, file: true, labels: true, optimised: true })
  .openapi('Model');

export const labelsResponse = z.array(z.object(labelSchema.shape).openapi('Label')).openapi('Labels');

export type PredictionResult = z.infer<typeof predictionResult>;
export type BatchResult = z.infer<typeof batchResult>;
