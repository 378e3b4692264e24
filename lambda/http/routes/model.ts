import { createRoute } from '@hono/zod-openapi';
import { loadVips } from '../../images/libvips.ts';
import { ONNXRUNTIME_VERSION } from '../../model/session.ts';
import type { ModelAccess } from '../../prediction/readiness.ts';
import { json, readinessProblems } from '../openapi/responses.ts';
import { open } from '../openapi/security.ts';
import { labelsResponse, modelResponse } from '../schemas.ts';
import type { RouteHandler } from '../serve-route.ts';

export const modelRoute = createRoute({
  method: 'get',
  path: '/model',
  operationId: 'model',
  tags: ['Model'],
  summary: 'Describe the model and its accuracy',
  security: open,
  responses: {
    200: json(modelResponse, 'The manifest of the model, and the software that runs it.', 'model'),
    ...readinessProblems,
  },
});

export function modelHandler(model: ModelAccess): RouteHandler<typeof modelRoute> {
  return async () => {
    const { classifier } = model.now();
    const { DECODER_VERSIONS } = await loadVips();
    const {
      schema: _schema,
      file: _file,
      labels: _labels,
      optimised: _optimised,
      weights,
      ...manifest
    } = classifier.manifest;
    return {
      ...manifest,
      ...(weights && { weights: { sha256: weights.sha256 } }),
      runtime: {
        threads: classifier.threads,
        onnxruntime: ONNXRUNTIME_VERSION,
        ...DECODER_VERSIONS,
        node: process.versions.node,
      },
    };
  };
}

export const labelsRoute = createRoute({
  method: 'get',
  path: '/model/labels',
  operationId: 'labels',
  tags: ['Model'],
  summary: 'List the classes of the model',
  security: open,
  responses: {
    200: json(
      labelsResponse,
      'All classes in order of their index. The example shows the first three.',
      'labels',
    ),
    ...readinessProblems,
  },
});

export function labelsHandler(model: ModelAccess): RouteHandler<typeof labelsRoute> {
  return () => model.now().classifier.labels;
}
