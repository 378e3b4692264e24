import { createRoute } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import { MAX_DECODE_MS } from '../../images/limits.ts';
import type { Models } from '../../prediction/models.ts';
import { prefers } from '../accept.ts';
import { withBody } from '../body/body.ts';
import { anyImagesIn } from '../body/images/read.ts';
import { bodySource } from '../body/source.ts';
import { refuseUntypedJson } from '../body/untyped-json.ts';
import { anyUpload, type UploadLimits } from '../body/upload.ts';
import { chosenModel } from '../chosen-model.ts';
import { embedBytes, embedJson } from '../embedding/answer.ts';
import { parsing } from '../loop-share.ts';
import { embedContent, embedContents } from '../openapi/contents.ts';
import { embedProblems } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { embeddingOptions, embedQuery, isNormalized } from '../options/embedding.ts';
import { MAX_BATCH } from '../schemas/common.ts';
import type { RouteHandler } from '../serve-route.ts';

export const embedRoute = createRoute({
  method: 'post',
  path: '/embed',
  operationId: 'embed',
  tags: ['Embeddings'],
  summary: 'Get the feature vectors of images',
  description:
    'The vector that the model makes of an image before it decides on a class: similar images have similar vectors. Send ' +
    `one image as for /predict, or up to ${MAX_BATCH} as for /predict/batch. All together may take as long to decode as one ` +
    'image of /predict. Send `normalize` in the query, in the form or in the JSON.\n\n' +
    'If there are several images, one that cannot be embedded has a problem instead of an embedding. With ' +
    '`Accept: application/octet-stream`, it fails the request.',
  security: guarded,
  request: { query: embedQuery, body: { required: true, content: embedContent } },
  responses: { 200: embedContents, ...embedProblems },
});

export function embedHandler(
  models: Models,
  limits: UploadLimits,
  gate: Gate,
): RouteHandler<typeof embedRoute> {
  const expected = { limits, options: embeddingOptions };
  return async (c, query) => {
    const { classifier, predictor } = await chosenModel(c, models, query, ['embedding']);
    const source = bodySource(c);
    const { signal } = source;
    const upload = anyUpload(source.headers, limits);
    const wantsBytes = prefers(c.req.header('accept'), 'application/octet-stream', 'application/json');
    return withBody(source, { gate, maxBytes: upload.maxBytes }, async (body) => {
      refuseUntypedJson(body, upload);
      const { images, options, field } = await anyImagesIn(body, upload, expected, signal);
      const outcomes = await predictor.scoreImages(images, signal, {
        extras: ['embedding'],
        maxCpuMs: MAX_DECODE_MS,
      });
      const embedded = {
        manifest: classifier.manifest,
        outcomes,
        field,
        isNormalized: isNormalized(query, options),
      };
      return wantsBytes
        ? parsing.run(embedBytes(c, embedded), signal)
        : parsing.run(embedJson(c, embedded), signal);
    });
  };
}
