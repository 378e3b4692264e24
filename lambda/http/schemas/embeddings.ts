import { z } from '@hono/zod-openapi';
import { requestId } from '../problem-schemas.ts';
import { batchFailure, imageInfo, itemIndex, MAX_BATCH, modelRef, timing } from './common.ts';

const imageEmbedding = z
  .object({
    index: itemIndex,
    embedding: z
      .array(z.number())
      .min(1)
      .openapi({ description: 'Each number has the fewest digits that give the same float32 again.' }),
    image: imageInfo,
  })
  .openapi('ImageEmbedding', { description: 'An image with its embedding.' });

const embeddingItem = z.union([imageEmbedding, batchFailure]).openapi('EmbeddingItem');

export const embedResult = z
  .object({
    request_id: requestId,
    model: modelRef,
    dimensions: z.number().int().positive().openapi({ description: 'The length of each embedding.' }),
    normalized: z.boolean().openapi({ description: 'Whether each embedding was divided by its length.' }),
    embeddings: z.array(embeddingItem).min(1).max(MAX_BATCH),
    timing_ms: timing,
  })
  .openapi('EmbedResult');

export type EmbedResult = z.infer<typeof embedResult>;
