import { z } from '@hono/zod-openapi';
import { openEnum } from '../../openapi/open-enum.ts';
import { MAX_BATCH } from '../../schemas/common.ts';

export const protocolError = z
  .object({ error: z.string().openapi({ description: 'What was expected and what came.' }) })
  .openapi('InferenceError', { description: 'The form of errors in the Open Inference Protocol.' });

export const serverMetadata = z
  .object({
    name: z.string(),
    version: z.string(),
    extensions: z
      .array(z.string())
      .openapi({ description: 'Extensions of the protocol, by Triton’s names.' }),
  })
  .openapi('ServerMetadata');

export const serverLive = z.object({ live: z.boolean() }).openapi('ServerLive');
export const serverReady = z
  .object({ live: z.boolean(), ready: z.boolean() })
  .openapi('ServerReady', { description: 'Some clients read `ready`, others `live` or only the status.' });
export const modelReady = z.object({ name: z.string(), ready: z.boolean() }).openapi('ModelReady');

const datatype = openEnum(['FP32', 'BYTES'], 'An open enum: a minor version may add datatypes.');
const dimensions = z.array(z.number().int());

const tensorMetadata = z
  .object({
    name: z.string(),
    datatype,
    shape: dimensions.openapi({ description: `-1 is the batch: 1 to ${MAX_BATCH}.` }),
  })
  .openapi('TensorMetadata');

export const modelMetadata = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadata),
    outputs: z.array(tensorMetadata),
  })
  .openapi('ModelMetadata');

const configTensor = {
  name: z.string(),
  data_type: openEnum(['TYPE_FP32', 'TYPE_STRING'], 'An open enum: a minor version may add datatypes.'),
  dims: dimensions.openapi({ description: 'Without the batch.' }),
};

export const modelConfiguration = z
  .object({
    name: z.string(),
    platform: z.string(),
    backend: z.string(),
    max_batch_size: z.number().int(),
    input: z.array(z.object({ ...configTensor, format: z.string() }).openapi('ModelConfigInput')),
    output: z.array(z.object(configTensor).openapi('ModelConfigOutput')),
  })
  .openapi('ModelConfig', { description: 'The fields of Triton’s ModelConfig that apply.' });

const duration = z
  .object({ count: z.number().int(), ns: z.number().int().openapi({ description: 'Nanoseconds in total.' }) })
  .openapi('StatisticDuration');

const modelStatistics = z
  .object({
    name: z.string(),
    version: z.string(),
    last_inference: z.number().int().openapi({ description: 'Milliseconds since 1970, or 0.' }),
    inference_count: z.number().int().openapi({ description: 'Items of batches.' }),
    execution_count: z.number().int().openapi({
      description: 'Requests. Several of them may have shared a run of the model, which is not counted.',
    }),
    inference_stats: z
      .object({
        success: duration,
        fail: duration,
        queue: duration,
        compute_input: duration,
        compute_infer: duration,
        compute_output: duration,
        cache_hit: duration,
      })
      .openapi('InferenceStatistics'),
    batch_stats: z.array(z.object({}).openapi('BatchStatistics')).openapi({ description: 'Always empty.' }),
  })
  .openapi('ModelStatistics');

export const statisticsAnswer = z
  .object({ model_stats: z.array(modelStatistics) })
  .openapi('ModelStatisticsList', {
    description: 'Infer requests of one process: behind API Gateway, of the one that answers.',
  });

export const indexRequest = z
  .object({
    ready: z.boolean().optional().openapi({ description: 'Whether to list only models that are ready.' }),
  })
  .openapi('RepositoryIndexRequest');

export const indexAnswer = z
  .array(
    z
      .object({
        name: z.string(),
        version: z.string(),
        state: openEnum(['READY', 'LOADING', 'UNAVAILABLE'], 'An open enum: a minor version may add states.'),
        reason: z.string(),
      })
      .openapi('RepositoryModel'),
  )
  .openapi('RepositoryIndex');

const parameters = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .optional()
  .openapi({ description: 'Others than those of the extensions are ignored.' });

const tensorData = z
  .array(z.unknown())
  .optional()
  .openapi({
    description:
      'Numbers, flat or nested as the shape says; base64 strings for BYTES, as JSON cannot hold bytes. Left out for ' +
      'binary data.',
  });

export const inferRequest = z
  .object({
    id: z.string().optional(),
    parameters,
    inputs: z
      .array(
        z
          .object({ name: z.string(), shape: dimensions, datatype, parameters, data: tensorData })
          .openapi('InferInput'),
      )
      .min(1)
      .max(1),
    outputs: z
      .array(z.object({ name: z.string(), parameters }).openapi('InferRequestedOutput'))
      .max(2)
      .optional()
      .openapi({ description: 'Each output once, in any order. Without it, the scores alone are returned.' }),
  })
  .openapi('InferRequest');

export const inferAnswer = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(
      z
        .object({ name: z.string(), datatype, shape: dimensions, parameters, data: tensorData })
        .openapi('InferOutput'),
    ),
  })
  .openapi('InferAnswer');
