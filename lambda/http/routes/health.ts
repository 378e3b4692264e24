import { createRoute } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { ServiceError } from '../../errors.ts';
import type { ModelAccess } from '../../prediction/readiness.ts';
import { round } from '../../telemetry/requests.ts';
import type { AppEnv } from '../context.ts';
import { healthProblems, json, readinessProblems } from '../openapi.ts';
import { healthResponse, readyResponse } from '../schemas.ts';

export const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'health',
  tags: ['Service'],
  summary: 'Is the process up?',
  responses: { 200: json(healthResponse, 'The process is up.'), ...healthProblems },
});

export const healthHandler: Handler<AppEnv> = (c) =>
  c.json({ status: 'ok', uptime_s: round(process.uptime(), 1) });

export const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  operationId: 'ready',
  tags: ['Service'],
  summary: 'Can it predict?',
  description: 'Ready means that the model is loaded, its checksum verified and the session warm.',
  responses: { 200: json(readyResponse, 'The service can predict.'), ...readinessProblems },
});

export function readyHandler(model: ModelAccess): Handler<AppEnv> {
  return (c) => {
    if (c.env.isDraining) throw new ServiceError('not_ready', 'The service is shutting down.');
    const { name, version } = model.now().classifier.manifest;
    return c.json({ status: 'ready', model: { name, version } });
  };
}
