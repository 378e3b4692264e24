import { createRoute } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { ModelAccess } from '../../prediction/readiness.ts';
import { round } from '../../telemetry/requests.ts';
import type { AppEnv } from '../context.ts';
import { withoutKey } from '../openapi/document.ts';
import { healthProblems, json, readinessProblems } from '../openapi/responses.ts';
import { healthResponse, readyResponse } from '../schemas.ts';

export const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'health',
  tags: ['Service'],
  summary: 'Check that the process is up',
  security: withoutKey,
  responses: { 200: json(healthResponse, 'The process is up.', 'health'), ...healthProblems },
});

export const healthHandler: Handler<AppEnv> = (c) =>
  c.json({ status: 'ok', uptime_s: round(process.uptime(), 1) });

export const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  operationId: 'ready',
  tags: ['Service'],
  summary: 'Check that the service can classify images',
  description: 'The service is ready once the model is loaded, verified by its checksum and warmed up.',
  security: withoutKey,
  responses: { 200: json(readyResponse, 'The service is ready.', 'ready'), ...readinessProblems },
});

export function readyHandler(model: ModelAccess): Handler<AppEnv> {
  return (c) => {
    if (c.env.isDraining) throw new ServiceError('not_ready', 'The service is shutting down.');
    const { name, version } = model.now().classifier.manifest;
    return c.json({ status: 'ready', model: { name, version } });
  };
}
