import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Config } from '../../config.ts';
import type { AppEnv } from '../context.ts';
import { honoPath } from '../serve-route.ts';
import {
  configHandler,
  liveHandler,
  metadataHandler,
  modelReadyHandler,
  readyHandler,
  serverHandler,
} from './descriptions.ts';
import { type InferDependencies, inferHandler } from './infer/handler.ts';
import * as routes from './openapi/routes.ts';
import { indexHandler } from './repository-index.ts';
import { type ProtocolHandler, serveProtocolRoute } from './serve.ts';
import { allStatisticsHandler, statisticsHandler } from './statistics-routes.ts';

/** The routes that classify. */
export const INFER_PATHS: readonly string[] = routes.inferRoutes.map(({ path }) => honoPath(path));
/** The other routes that read a body. */
export const INDEX_PATH: string = routes.indexRoute.path;

/** Serves the Open Inference Protocol, version 2, with Triton's extensions that GET /v2 lists. */
export function serveProtocol(
  app: OpenAPIHono<AppEnv>,
  dependencies: InferDependencies,
  auth: Config['auth'],
): void {
  const { models, statistics, gate } = dependencies;
  const serve = (list: readonly Parameters<typeof serveProtocolRoute>[1][], handler: ProtocolHandler) => {
    for (const route of list) serveProtocolRoute(app, route, handler, auth);
  };
  serve([routes.serverRoute], serverHandler);
  // As the OpenAPI document of the specification writes the path.
  app.get('/v2/', (c) => c.json(serverHandler()));
  serve([routes.liveRoute], liveHandler);
  serve([routes.readyRoute], readyHandler(models));
  // Before the models, because none of them can have this name.
  serve([routes.allStatisticsRoute], allStatisticsHandler(models, statistics));
  serve(routes.metadataRoutes, metadataHandler(models));
  serve(routes.modelReadyRoutes, modelReadyHandler(models));
  serve(routes.configRoutes, configHandler(models));
  serve(routes.statisticsRoutes, statisticsHandler(models, statistics));
  serve(routes.inferRoutes, inferHandler(dependencies));
  serve([routes.indexRoute], indexHandler(models, gate));
}
