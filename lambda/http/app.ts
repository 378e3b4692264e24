import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Hono } from 'hono';
import { except } from 'hono/combine';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Budgets } from '../budget/budgets.ts';
import type { Capture } from '../capture/capture.ts';
import type { Config } from '../config.ts';
import { ServiceError } from '../errors.ts';
import type { UrlFetcher } from '../fetch/fetch.ts';
import type { Models } from '../prediction/models.ts';
import type { Observability } from '../telemetry/requests.ts';
import { ADMIN_PATHS } from './admin/paths.ts';
import { servePages } from './assets.ts';
import type { AppEnv } from './context.ts';
import { compressAnswers } from './encoding/compress-answers.ts';
import { noEngine, type OpenEngine } from './jobs/engine.ts';
import { createUploadReader } from './jobs/read-upload.ts';
import { RECEIVE_MS, RECEIVE_PATH, receiveUploads } from './jobs/receive-upload.ts';
import { admission } from './middleware/admission.ts';
import { crossOrigin } from './middleware/cross-origin.ts';
import { deadline } from './middleware/deadline.ts';
import { refuseFragments } from './middleware/fragment.ts';
import { observe } from './middleware/observe.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { imageOffer } from './offer-images.ts';
import { documentInfo } from './openapi/document.ts';
import { describeScheme } from './openapi/security.ts';
import { problemResponse } from './problem.ts';
import { embedHandler, embedRoute } from './routes/embed.ts';
import { healthHandler, healthRoute, readyHandler, readyRoute } from './routes/health.ts';
import { cancelJobHandler, cancelJobRoute, jobHandler, jobRoute } from './routes/job.ts';
import { jobResultsHandler, jobResultsRoute } from './routes/job-results.ts';
import { createJobHandler, createJobRoute } from './routes/jobs.ts';
import {
  labelsHandler,
  labelsRoute,
  modelHandler,
  modelRoute,
  namedLabelsHandler,
  namedLabelsRoute,
  namedModelHandler,
  namedModelRoute,
} from './routes/model.ts';
import { modelsHandler, modelsRoute } from './routes/models.ts';
import { predictHandler, predictRoute } from './routes/predict.ts';
import { predictBatchHandler, predictBatchRoute } from './routes/predict-batch.ts';
import { predictUrlHandler, predictUrlRoute } from './routes/predict-url.ts';
import { createUploadHandler, createUploadRoute } from './routes/uploads.ts';
import { MAX_BATCH } from './schemas/common.ts';
import { jobResult } from './schemas/job-results.ts';
import { honoPath, serveRoute } from './serve-route.ts';
import { isProtocolPath, NO_SUCH_PATH, protocolErrorResponse } from './v2/errors.ts';
import { INDEX_PATH, INFER_PATHS, serveProtocol } from './v2/protocol.ts';
import { createStatistics } from './v2/statistics.ts';

export interface Dependencies {
  readonly config: Config;
  /** Perhaps still loading. Predictions then wait, and `/ready` answers 503. */
  readonly models: Models;
  readonly fetchUrl: UrlFetcher;
  readonly observability: Observability;
  /** Memory, decoders and slots, shared by all requests. */
  readonly budgets: Budgets;
  /** Stores a sample of the images. @default nothing is stored */
  readonly capture?: Capture | undefined;
  /** Uploads and jobs, opened at their first use. @default they are off */
  readonly jobs?: OpenEngine | undefined;
  /** Adds the routes at {@link ADMIN_PATHS}. @default none */
  readonly addAdminRoutes?: ((app: Hono<AppEnv>) => void) | undefined;
}

/** The routes that run a model: they take a slot, and have a deadline. */
const PREDICTION_PATHS = [
  predictRoute.path,
  predictUrlRoute.path,
  predictBatchRoute.path,
  embedRoute.path,
  ...INFER_PATHS,
];

/** The routes of uploads and jobs, by method. They run no model, so they take no slot, but they have a deadline. */
const JOB_PATHS = [
  ['POST', [createUploadRoute.path, createJobRoute.path]],
  ['GET', [honoPath(jobRoute.path), honoPath(jobResultsRoute.path)]],
  ['DELETE', [honoPath(cancelJobRoute.path)]],
] as const;

/** The service as a function from a Web `Request` to a `Response`. Lambda and the HTTP server both run it. */
export function createHttpApp({
  config,
  models,
  fetchUrl,
  observability,
  budgets,
  capture,
  jobs,
  addAdminRoutes,
}: Dependencies): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  const { bodies } = budgets;
  const offer = imageOffer(capture);
  const uploads = { ...config.limits, maxBatch: MAX_BATCH };
  const readUpload = createUploadReader(jobs, config, budgets);
  const openEngine = jobs ?? noEngine;

  app.use(observe(observability, models));
  app.use(securityHeaders());
  if (config.corsOrigins) {
    app.use(except([...ADMIN_PATHS], crossOrigin(config.corsOrigins, config.auth)));
  }
  app.use(refuseFragments());
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  app.on('POST', [...INFER_PATHS], compressAnswers());
  app.on('POST', PREDICTION_PATHS, admission(budgets.predictions), deadline(config.server.requestTimeoutMs));
  app.on('POST', INDEX_PATH, deadline(config.server.requestTimeoutMs));
  for (const [method, paths] of JOB_PATHS) {
    app.on(method, [...paths], deadline(config.server.requestTimeoutMs));
  }
  app.on('PUT', RECEIVE_PATH, deadline(RECEIVE_MS));

  const { auth } = config;
  describeScheme(app, auth);
  serveRoute(app, predictRoute, predictHandler(models, uploads, bodies, offer, readUpload), auth);
  serveRoute(app, predictUrlRoute, predictUrlHandler(models, fetchUrl, budgets, uploads, offer), auth);
  serveRoute(app, predictBatchRoute, predictBatchHandler(models, uploads, bodies, offer), auth);
  serveRoute(app, embedRoute, embedHandler(models, uploads, bodies), auth);
  serveRoute(app, createUploadRoute, createUploadHandler(openEngine, config, bodies), auth);
  if (config.jobs?.kind === 'folder') receiveUploads(app, openEngine, bodies);
  serveRoute(app, createJobRoute, createJobHandler(openEngine, models, config, bodies), auth);
  serveRoute(app, jobRoute, jobHandler(openEngine, config), auth);
  serveRoute(app, cancelJobRoute, cancelJobHandler(openEngine, config), auth);
  serveRoute(app, jobResultsRoute, jobResultsHandler(openEngine, config, bodies), auth);
  app.openAPIRegistry.register('JobResult', jobResult);
  serveRoute(app, healthRoute, healthHandler, auth);
  serveRoute(app, readyRoute, readyHandler(models), auth);
  serveRoute(app, modelsRoute, modelsHandler(models), auth);
  serveRoute(app, modelRoute, modelHandler(models, config), auth);
  serveRoute(app, labelsRoute, labelsHandler(models), auth);
  serveRoute(app, namedModelRoute, namedModelHandler(models, config), auth);
  serveRoute(app, namedLabelsRoute, namedLabelsHandler(models), auth);
  serveProtocol(
    app,
    {
      models,
      maxBodyBytes: config.limits.maxBodyBytes,
      gate: bodies,
      offer,
      statistics: createStatistics(),
    },
    auth,
  );

  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(openApiDocument(app, auth));
    return c.body(document, 200, { 'content-type': 'application/json' });
  });
  servePages(app, config);
  addAdminRoutes?.(app);

  app.notFound((c) =>
    refuse(
      c,
      new ServiceError(
        'not_found',
        isProtocolPath(c.req.path) ? NO_SUCH_PATH : 'There is nothing here. The API is described at /docs.',
      ),
    ),
  );
  app.onError((error, c) => {
    // Once the client has disconnected, no error is our fault, and nobody reads the answer.
    if (c.req.raw.signal.aborted) {
      return refuse(
        c,
        new ServiceError('invalid_request', 'The client closed the connection.', { cause: error }),
      );
    }
    return refuse(c, ServiceError.from(error));
  });
  return app;
}

function refuseMethod(c: Context<AppEnv>, allow: readonly string[]): Response {
  const detail = `Expected ${allow.join(' or ')}, got ${c.req.method}.`;
  return refuse(c, new ServiceError('method_not_allowed', detail, { allow }));
}

function refuse(c: Context<AppEnv>, error: ServiceError): Response {
  const record = c.get('record');
  record.error = error;
  return isProtocolPath(c.req.path)
    ? protocolErrorResponse(error, record.requestId)
    : problemResponse(error, record.requestId);
}

/** The OpenAPI document, made from the routes. @param auth as in the settings that the app was made with. */
export function openApiDocument(app: OpenAPIHono<AppEnv>, auth?: Config['auth']): object {
  const { webhooks: _none, ...document } = app.getOpenAPI31Document(documentInfo(auth));
  return document;
}
