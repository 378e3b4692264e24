import { createRoute } from '@hono/zod-openapi';
import { ServiceError } from '../../errors.ts';
import { requireUnbrokenVips } from '../../images/libvips.ts';
import type { Models } from '../../prediction/models.ts';
import { round } from '../../telemetry/requests.ts';
import { healthProblems, json, readinessProblems } from '../openapi/responses.ts';
import { open } from '../openapi/security.ts';
import { healthResponse, readyResponse } from '../schemas.ts';
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
    if (c.env.isDraining) throw new ServiceError('not_ready', 'The service is shutting down.');
    const { name, version } = models.default.now().classifier.manifest;
    if (models.all.some((access) => access.state() === 'failed')) {
      throw new ServiceError('not_ready', 'A model could not be loaded.');
    }
    requireUnbrokenVips();
    return { status: 'ready', model: { name, version }, models: await statuses(models) };
  };
}
