import { z } from '@hono/zod-openapi';
import { WORDNET_ID } from '../../model/manifest.ts';
import { predictionOptions } from '../options/prediction.ts';
import { requestId } from '../problem-schemas.ts';
import { batchFailure, imageInfo, itemIndex, MAX_BATCH, modelRef, timing } from './common.ts';
import { explanation } from './explanations.ts';

export const urlBody = z
  .strictObject({
    url: z.string().min(1).max(2048).openapi({ format: 'uri', example: 'https://example.com/cat.jpg' }),
    ...predictionOptions.json.shape,
  })
  .openapi('UrlRequest');

export const prediction = z
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

const batchPrediction = z
  .object({
    index: itemIndex,
    predictions: z.array(prediction),
    image: imageInfo,
    explanation: explanation.optional(),
  })
  .openapi('BatchPrediction', { description: 'An image that was classified.' });

const batchItem = z.union([batchPrediction, batchFailure]).openapi('BatchItem');

export const batchResult = z
  .object({
    request_id: requestId,
    model: modelRef,
    results: z.array(batchItem).min(1).max(MAX_BATCH),
    timing_ms: timing,
  })
  .openapi('BatchResult');

export type PredictionResult = z.infer<typeof predictionResult>;
export type BatchResult = z.infer<typeof batchResult>;
