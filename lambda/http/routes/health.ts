import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { ServiceError } from '../../errors.ts';
import { requireUnbrokenVips } from '../../images/libvips.ts';
import type { ModelIdentity } from '../../model/manifest.ts';
import type { Models } from '../../prediction/models.ts';
import { round } from '../../telemetry/requests.ts';
import type { AppEnv } from '../context.ts';
import { healthProblems, json, readinessProblems } from '../openapi/responses.ts';
import { open } from '../openapi/security.ts';
import { healthResponse, readyResponse } from '../schemas/service.ts';
import type { RouteHandler } from '../serve-route.ts';
import { statuses } from './models.ts';

export const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'health',
  tags: ['Service'],
  summary: 'Check that the process is up',
  security: open,
  responses: { 200: json(healthResponse, 'The process is up.', 'health'), ...healthProblems },
});

export const healthHandler: RouteHandler<typeof healthRoute> = () => ({
  status: 'ok',
  uptime_s: round(process.uptime(), 1),
});

export const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  operationId: 'ready',
  tags: ['Service'],
  summary: 'Check that the service can classify images',
  description:
    'The service is ready once the default model is loaded, verified by its checksum and warmed up. Other models may ' +
    'still be loading; none may have failed.',
  security: open,
  responses: { 200: json(readyResponse, 'The service is ready.', 'ready'), ...readinessProblems },
});

export function readyHandler(models: Models): RouteHandler<typeof readyRoute> {
  return async (c) => {
    const { name, version } = requireReady(c, models);
    return { status: 'ready', model: { name, version }, models: await statuses(models) };
  };
}

/** @returns the default model. @throws ServiceError `not_ready` */
export function requireReady(c: Context<AppEnv>, models: Models): ModelIdentity {
  if (c.env.isDraining) throw new ServiceError('not_ready', 'The service is shutting down.');
  const { manifest } = models.default.now().classifier;
  if (models.all.some((access) => access.state() === 'failed')) {
    throw new ServiceError('not_ready', 'A model could not be loaded.');
  }
  requireUnbrokenVips();
  return manifest;
}
