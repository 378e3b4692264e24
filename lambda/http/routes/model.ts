import { createRoute } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { DECODER_VERSIONS } from '../../images/vips.ts';
import { ONNXRUNTIME_VERSION } from '../../model/session.ts';
import type { ModelAccess } from '../../prediction/readiness.ts';
import type { AppEnv } from '../context.ts';
import { withoutKey } from '../openapi/document.ts';
import { json, readinessProblems } from '../openapi/responses.ts';
import { labelsResponse, type ModelResponse, modelResponse } from '../schemas.ts';

export const modelRoute = createRoute({
  method: 'get',
  path: '/model',
  operationId: 'model',
  tags: ['Model'],
  summary: 'Describe the model and its accuracy',
  security: withoutKey,
  responses: {
    200: json(modelResponse, 'The manifest of the model, and the software that runs it.', 'model'),
    ...readinessProblems,
  },
});

export function modelHandler(model: ModelAccess): Handler<AppEnv> {
  return (c) => {
    const { classifier } = model.now();
    const { schema: _schema, file: _file, labels: _labels, ...manifest } = classifier.manifest;
    const body: ModelResponse = {
      ...manifest,
      runtime: {
        threads: classifier.threads,
        onnxruntime: ONNXRUNTIME_VERSION,
        ...DECODER_VERSIONS,
        node: process.versions.node,
      },
    };
    return c.json(body);
  };
}

export const labelsRoute = createRoute({
  method: 'get',
  path: '/model/labels',
  operationId: 'labels',
  tags: ['Model'],
  summary: 'List the classes of the model',
  security: withoutKey,
  responses: {
    200: json(
      labelsResponse,
      'All classes in order of their index. The example shows the first three.',
      'labels',
    ),
    ...readinessProblems,
  },
});

export function labelsHandler(model: ModelAccess): Handler<AppEnv> {
  return (c) => c.json(model.now().classifier.labels);
}
