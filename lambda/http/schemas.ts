import { z } from '@hono/zod-openapi';
import { IMAGE_FORMATS } from '../images/formats/table.ts';
import { labelSchema, manifestSchema, WORDNET_ID } from '../model/manifest.ts';
import { openEnum } from './openapi/open-enum.ts';
import { predictionOptions } from './options/prediction.ts';
import { problemDetails, requestId } from './problem-schemas.ts';

export const MAX_BATCH = 16;

export const urlBody = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({ format: 'uri', example: 'https://example.com/cat.jpg' }),
    ...predictionOptions.json.shape,
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

const region = z
  .object({
    left: z.number(),
    top: z.number(),
    width: z.number().positive(),
    height: z.number().positive(),
  })
  .openapi('Region', {
    description:
      'A part of the upright image in pixels, as `image.width` and `image.height` count them. They need not be whole.',
  });

const classMap = z
  .object({
    rank: z.number().int().min(1).openapi({ description: 'Of the prediction that the map explains.' }),
    index: z.number().int().nonnegative().openapi({ description: 'Of the class.' }),
    minimum: z.number().openapi({ description: 'The smallest of the values.' }),
    maximum: z.number().openapi({ description: 'The largest of the values.' }),
    values: z.array(z.array(z.number())).openapi({
      description:
        'Rows from the top, each with its values from the left. The mean of all values plus the bias of the class is the ' +
        'logit of the class.',
    }),
  })
  .openapi('ClassMap', {
    description: 'A class activation map: the higher a value, the more that place speaks for the class.',
  });

const explanation = z
  .object({
    region: region.openapi({ description: 'The part of the image that each map covers.' }),
    maps: z.array(classMap).openapi({ description: 'One for each explained prediction, in their order.' }),
  })
  .openapi('Explanation', {
    description: 'Where the model sees the classes. Only if `explain` asks for it.',
  });
export type ExplanationAnswer = z.infer<typeof explanation>;

export const predictionResult = z
  .object({
    request_id: requestId,
    model: modelRef,
    predictions: z.array(prediction),
    image: imageInfo,
    explanation: explanation.optional(),
    timing_ms: timing,
  })
  .openapi('PredictionResult');

const itemIndex = z
  .number()
  .int()
  .nonnegative()
  .openapi({ description: 'The position of the image in the request, from 0.' });

const batchPrediction = z
  .object({
    index: itemIndex,
    predictions: z.array(prediction),
    image: imageInfo,
    explanation: explanation.optional(),
  })
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

const modelDtype = openEnum(['float32', 'uint8'], 'An open enum: a minor version may add types.');
const modelShape = (dimensions: number, description: string) =>
  z
    .array(z.number().int().positive().nullable())
    .min(dimensions)
    .max(dimensions)
    .openapi({ description: `${description} A batch of null means any size.` });
const modelQuantization = z.object({ scale: z.number().positive(), zeroPoint: z.number().int() }).optional();
const QUANTIZATION = 'A uint8 stands for (uint8 - zeroPoint) * scale.';

/** All kinds of input in one object, because generated clients handle a choice of objects badly. */
const modelInput = z
  .object({
    name: z.string(),
    dtype: modelDtype,
    layout: openEnum(['NCHW', 'NHWC'], 'An open enum: a minor version may add layouts.'),
    shape: modelShape(4, 'In the order of the layout.'),
    blockSize: z.number().int().positive().optional().openapi({
      description:
        'The height and width of a block, if pixels are in blocks as ONNX’s SpaceToDepth makes them.',
    }),
    quantization: modelQuantization.openapi({
      description: `${QUANTIZATION} Without it, a uint8 is the value of a pixel.`,
    }),
  })
  .openapi('ModelInput');

const modelEmbedding = z
  .object({
    name: z.string(),
    dtype: modelDtype,
    shape: modelShape(2, 'The batch, and the values of one embedding.'),
    quantization: modelQuantization.openapi({ description: QUANTIZATION }),
  })
  .openapi('ModelEmbedding', {
    description: 'The output that POST /embed returns. Only if the model has it.',
  });

const modelActivationMaps = z
  .object({
    features: z
      .object({
        name: z.string(),
        dtype: modelDtype,
        shape: modelShape(4, 'The batch, and the dimensions of the feature maps in the order of the model.'),
      })
      .openapi('ModelFeatures'),
    sha256: z.string().openapi({ description: 'Of the graph that makes the maps.' }),
    rows: z.number().int().positive(),
    columns: z.number().int().positive(),
  })
  .openapi('ModelActivationMaps', {
    description: 'The size of the maps that `explain` adds to predictions. Only if the model can make them.',
  });

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
    embedding: modelEmbedding.optional(),
    activationMaps: modelActivationMaps.optional(),
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
