import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Models } from '../../prediction/models.ts';
import type { Observability, RequestRecord } from '../../telemetry/requests.ts';
import type { AppEnv } from '../context.ts';
import { isChosenRequestId } from '../request-id.ts';

/** Gives every request an id and a record, which it logs with the response. The outermost middleware. */
export function observe(
  { recordRequest, cpuUsage }: Observability,
  models: Models,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const sent = c.req.header('x-request-id');
    const requestId = c.env.gatewayRequestId ?? (sent && isChosenRequestId(sent) ? sent : randomUUID());
    const record: RequestRecord = {
      requestId,
      functionRequestId: c.env.functionRequestId,
      method: c.req.method,
      path: c.req.path,
      startedAt: performance.now(),
      cpuAtStart: cpuUsage(),
      images: [],
    };
    c.set('record', record);
    await next();
    c.res.headers.set('x-request-id', requestId);
    recordRequest(record, {
      route: routeOf(c),
      status: c.res.status,
      model: record.model ?? models.default.identity(),
      latencyMs: performance.now() - record.startedAt,
    });
  };
}

/** The pattern of the route that answered, or what the request was if none did. */
function routeOf(c: Context<AppEnv>): string {
  // Only a preflight gets this answer to OPTIONS, because no path has the method.
  if (c.req.method === 'OPTIONS' && c.res.status === 204) return 'preflight';
  const pattern = routePath(c, -1);
  return pattern.includes('*') ? 'unmatched' : pattern;
}
