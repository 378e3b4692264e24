import type { Context, Hono } from 'hono';
import type { AdminSettings } from '../../config/admin.ts';
import type { Prometheus } from '../../telemetry/prometheus/prometheus.ts';
import { prefers } from '../accept.ts';
import { liveFiles, servePageFile } from '../assets.ts';
import type { AppEnv } from '../context.ts';
import { accessCheck } from './access.ts';
import { EVENTS_PATH, METRICS_PATH } from './paths.ts';
import type { Viewers } from './viewers.ts';

export interface AdminDependencies {
  readonly settings: AdminSettings;
  readonly viewers: Viewers;
  readonly prometheus: Pick<Prometheus, 'scrape'>;
}

const CONTENT_TYPES = {
  'text/plain': { format: 'prometheus', type: 'text/plain; version=0.0.4; charset=utf-8' },
  'application/openmetrics-text': {
    format: 'openmetrics',
    type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  },
} as const;

/**
 * Serves the live view and the metrics to those whom the settings let in. They are not part of the API: the OpenAPI
 * document does not describe them.
 */
export function serveAdmin(app: Hono<AppEnv>, { settings, viewers, prometheus }: AdminDependencies): void {
  const check = accessCheck(settings);
  const requireAccess = (c: Context<AppEnv>) =>
    check({
      address: c.env.clientAddress,
      httpVersion: c.env.httpVersion,
      headers: c.req.raw.headers,
      host: new URL(c.req.url).host,
    });

  app.get(METRICS_PATH, async (c) => {
    requireAccess(c);
    const wantsOpenMetrics = prefers(c.req.header('accept'), 'application/openmetrics-text', 'text/plain');
    const { format, type } = CONTENT_TYPES[wantsOpenMetrics ? 'application/openmetrics-text' : 'text/plain'];
    return c.body(await prometheus.scrape(format), 200, {
      'content-type': type,
      'cache-control': 'no-store',
    });
  });
  app.get(EVENTS_PATH, (c) => {
    requireAccess(c);
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // nginx would keep the events back.
      'x-accel-buffering': 'no',
    };
    // A HEAD request has no stream, so nothing would end it.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers);
    return c.body(viewers.open(c.env.disconnect), 200, headers);
  });
  for (const [path, file] of Object.entries(liveFiles())) {
    const serve = servePageFile(file);
    app.get(path, (c, next) => {
      // With a token, the page must load before it can ask for it.
      if (settings.token === undefined) requireAccess(c);
      return serve(c, next);
    });
  }
}
