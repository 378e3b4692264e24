import { createRoute, z } from '@hono/zod-openapi';
import type { Config } from '../../config.ts';
import { loadVips } from '../../images/libvips.ts';
import type { Classifier } from '../../model/classifier.ts';
import { ONNXRUNTIME_VERSION } from '../../model/session.ts';
import type { Models } from '../../prediction/models.ts';
import { VERSION } from '../../version.ts';
import { chosenAccess } from '../chosen-model.ts';
import { json, modelProblems, readinessProblems } from '../openapi/responses.ts';
import { open } from '../openapi/security.ts';
import { modelChoiceText } from '../options/values.ts';
import { labelsResponse, modelResponse } from '../schemas/models.ts';
import type { AnswerOf, RouteHandler } from '../serve-route.ts';

const DESCRIPTION = 'The manifest of the model, and the software that runs it.';
const LABELS = 'All classes in order of their index. The example shows the first three.';

export const modelRoute = createRoute({
  method: 'get',
  path: '/model',
  operationId: 'model',
  tags: ['Model'],
  summary: 'Describe the default model and its accuracy',
  security: open,
  responses: { 200: json(modelResponse, DESCRIPTION, 'model'), ...readinessProblems },
});

export const modelHandler =
  (models: Models, config: Pick<Config, 'commit'>): RouteHandler<typeof modelRoute> =>
  () =>
    describe(models.default.now().classifier, config);

export const labelsRoute = createRoute({
  method: 'get',
  path: '/model/labels',
  operationId: 'labels',
  tags: ['Model'],
  summary: 'List the classes of the default model',
  security: open,
  responses: { 200: json(labelsResponse, LABELS, 'labels'), ...readinessProblems },
});

export const labelsHandler =
  (models: Models): RouteHandler<typeof labelsRoute> =>
  () =>
    models.default.now().classifier.labels;

const params = z.object({
  name: modelChoiceText.openapi({ param: { name: 'name', in: 'path' }, example: 'resnet50' }),
});

export const namedModelRoute = createRoute({
  method: 'get',
  path: '/models/{name}',
  operationId: 'namedModel',
  tags: ['Model'],
  summary: 'Describe a model and its accuracy',
  description: 'The name may have a version at its end: `resnet50@1.0.0`.',
  security: open,
  request: { params },
  responses: { 200: json(modelResponse, DESCRIPTION, 'model'), ...modelProblems },
});

export const namedModelHandler =
  (models: Models, config: Pick<Config, 'commit'>): RouteHandler<typeof namedModelRoute> =>
  async (c) =>
    describe((await chosenAccess(c, models, c.req.param('name'))).now().classifier, config);

export const namedLabelsRoute = createRoute({
  method: 'get',
  path: '/models/{name}/labels',
  operationId: 'namedLabels',
  tags: ['Model'],
  summary: 'List the classes of a model',
  security: open,
  request: { params },
  responses: { 200: json(labelsResponse, LABELS, 'labels'), ...modelProblems },
});

export const namedLabelsHandler =
  (models: Models): RouteHandler<typeof namedLabelsRoute> =>
  async (c) =>
    (await chosenAccess(c, models, c.req.param('name'))).now().classifier.labels;

async function describe(
  { manifest, threads }: Classifier,
  { commit }: Pick<Config, 'commit'>,
): Promise<AnswerOf<typeof modelRoute>> {
  const { DECODER_VERSIONS } = await loadVips();
  const {
    schema: _schema,
    file: _file,
    labels: _labels,
    optimised: _optimised,
    weights,
    activationMaps,
    ...described
  } = manifest;
  return {
    ...described,
    ...(activationMaps && { activationMaps: withoutFile(activationMaps) }),
    ...(weights && { weights: withoutFile(weights) }),
    service: { version: VERSION, ...(commit && { commit }) },
    runtime: {
      threads,
      onnxruntime: ONNXRUNTIME_VERSION,
      ...DECODER_VERSIONS,
      node: process.versions.node,
    },
  };
}

function withoutFile<Part extends { readonly file: string }>({ file: _, ...part }: Part): Omit<Part, 'file'> {
  return part;
}
