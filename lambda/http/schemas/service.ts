import { z } from '@hono/zod-openapi';
import { openEnum } from '../openapi/open-enum.ts';
import { modelRef } from './common.ts';

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
