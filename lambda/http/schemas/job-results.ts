import { z } from '@hono/zod-openapi';
import { problemDetails } from '../problem-schemas.ts';
import { imageInfo, modelRef } from './common.ts';
import { explanation } from './explanations.ts';
import { prediction } from './predictions.ts';

/** The input of a result. What identifies it is that which was sent. */
const inputRef = z
  .object({
    upload_id: z.string().optional(),
    url: z.string().optional(),
    s3: z
      .string()
      .optional()
      .openapi({ description: 'An object of S3.', example: 's3://photos/2026/cat.jpg' }),
  })
  .openapi('JobInputRef', { description: 'What was classified. It has one of these fields.' });

const index = z
  .number()
  .int()
  .nonnegative()
  .openapi({ description: 'The position of the input in the job, from 0.' });

const jobPrediction = z
  .object({
    index,
    input: inputRef,
    model: modelRef,
    predictions: z.array(prediction),
    image: imageInfo,
    explanation: explanation.optional(),
  })
  .openapi('JobPrediction', { description: 'An input that was classified.' });

const jobFailure = z
  .object({
    index,
    input: inputRef,
    model: modelRef.optional(),
    problem: problemDetails,
  })
  .openapi('JobFailure', { description: 'An input that could not be classified.' });

/** A line of the results. */
export const jobResult = z.union([jobPrediction, jobFailure]).openapi('JobResult');
export type JobResult = z.infer<typeof jobResult>;
