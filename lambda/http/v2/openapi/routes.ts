import { type RouteConfig, z } from '@hono/zod-openapi';
import type { AnswerName } from '../../openapi/examples.ts';
import { json } from '../../openapi/responses.ts';
import { guarded, open } from '../../openapi/security.ts';
import { modelChoiceText } from '../../options/values.ts';
import { MAX_BATCH } from '../../schemas/common.ts';
import { inferContent, inferContents } from './contents.ts';
import { indexErrors, inferErrors, modelErrors, serverErrors } from './responses.ts';
import * as schemas from './schemas.ts';

const tags = ['Open Inference Protocol'];
const name = modelChoiceText.openapi({ param: { name: 'name', in: 'path' }, example: 'resnet50' });
const version = modelChoiceText.openapi({ param: { name: 'version', in: 'path' }, example: '1.0.0' });

/** A GET that everybody may send. */
const openGet = (
  path: string,
  operationId: AnswerName,
  schema: z.ZodType,
  summary: string,
  errors: RouteConfig['responses'],
): RouteConfig => ({
  method: 'get',
  path,
  operationId,
  tags,
  summary,
  security: open,
  responses: { 200: json(schema, `${summary}.`, operationId), ...errors },
});

/** A GET of the server as a whole. */
const serverGet = (path: string, operationId: AnswerName, schema: z.ZodType, summary: string): RouteConfig =>
  openGet(path, operationId, schema, summary, serverErrors);

/** A GET of a model: of its first version, and of the version that the path names. */
const modelGets = (
  suffix: string,
  [ofFirst, ofVersion]: readonly [AnswerName, AnswerName],
  schema: z.ZodType,
  summary: string,
): readonly RouteConfig[] => {
  const route = (path: string, operationId: AnswerName, params: z.ZodObject): RouteConfig => ({
    ...openGet(path, operationId, schema, summary, modelErrors),
    request: { params },
  });
  return [
    route(`/v2/models/{name}${suffix}`, ofFirst, z.object({ name })),
    route(`/v2/models/{name}/versions/{version}${suffix}`, ofVersion, z.object({ name, version })),
  ];
};

const infer = (path: string, operationId: string, params: z.ZodObject): RouteConfig => ({
  method: 'post',
  path,
  operationId,
  tags,
  summary: 'Classify the tensors or the photos of a batch',
  description:
    'Every model of the service is two models here. The one with its own name takes normalised pixels: the input `input` ' +
    'in FP32. The one with `-image` at the end of its name takes encoded photos: the input `image` in BYTES. A batch has ' +
    `1 to ${MAX_BATCH} items. The output \`embedding\` is returned only if \`outputs\` names it. The extensions for binary data and for classification are those of Triton; any content type ` +
    'will do. Behind API Gateway, 4.5 MB fit into a request: 7 binary tensors of 224 x 224 pixels.',
  security: guarded,
  request: { params, body: { required: true, content: inferContent } },
  responses: {
    200: {
      description: 'The outputs that the request asks for, in JSON or with binary data after the JSON.',
      content: inferContents,
    },
    ...inferErrors,
  },
});

export const serverRoute = serverGet('/v2', 'protocolServer', schemas.serverMetadata, 'Describe the server');
export const liveRoute = serverGet(
  '/v2/health/live',
  'protocolLive',
  schemas.serverLive,
  'Check that the process is up',
);
export const readyRoute = serverGet(
  '/v2/health/ready',
  'protocolReady',
  schemas.serverReady,
  'Check that the service can classify images, as GET /ready does',
);
export const allStatisticsRoute = serverGet(
  '/v2/models/stats',
  'protocolAllStatistics',
  schemas.statisticsAnswer,
  'Count the infer requests of all models',
);
export const metadataRoutes = modelGets(
  '',
  ['protocolModel', 'protocolModelVersion'],
  schemas.modelMetadata,
  'Describe the tensors of a model',
);
export const modelReadyRoutes = modelGets(
  '/ready',
  ['protocolModelReady', 'protocolModelVersionReady'],
  schemas.modelReady,
  'Check that a model is loaded',
);
export const configRoutes = modelGets(
  '/config',
  ['protocolConfig', 'protocolVersionConfig'],
  schemas.modelConfiguration,
  'Describe a model as Triton’s configuration does',
);
export const statisticsRoutes = modelGets(
  '/stats',
  ['protocolStatistics', 'protocolVersionStatistics'],
  schemas.statisticsAnswer,
  'Count the infer requests of a model',
);
export const inferRoutes: readonly RouteConfig[] = [
  infer('/v2/models/{name}/infer', 'protocolInfer', z.object({ name })),
  infer('/v2/models/{name}/versions/{version}/infer', 'protocolVersionInfer', z.object({ name, version })),
];
export const indexRoute: RouteConfig = {
  method: 'post',
  path: '/v2/repository/index',
  operationId: 'protocolIndex',
  tags,
  summary: 'List the models of the protocol',
  security: open,
  request: { body: { required: false, content: { 'application/json': { schema: schemas.indexRequest } } } },
  responses: { 200: json(schemas.indexAnswer, 'All models in order.', 'protocolIndex'), ...indexErrors },
};
