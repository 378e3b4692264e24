import type { Hono } from 'hono';
import type { AdminSettings } from './config/admin.ts';
import type { Config } from './config.ts';
import { serveAdmin } from './http/admin/routes.ts';
import { createViewers } from './http/admin/viewers.ts';
import type { AppEnv } from './http/context.ts';
import { ONNXRUNTIME_VERSION } from './model/session.ts';
import { createLive } from './telemetry/live/live.ts';
import { SERVICE_NAME } from './telemetry/names.ts';
import { createPrometheus } from './telemetry/prometheus/prometheus.ts';
import type { Sink } from './telemetry/requests.ts';
import type { ServiceFacts, ServiceState } from './telemetry/service-state.ts';
import { VERSION } from './version.ts';

/** What the operator of an HTTP server sees: the live view, and the metrics that are scraped. */
export interface Admin {
  readonly sinks: readonly Sink[];
  readonly addRoutes: (app: Hono<AppEnv>) => void;
  /** Takes how late the event loop was, in milliseconds. */
  readonly recordDelay: (ms: number) => void;
  /** Loads what the first scrape needs. @throws Error if that is impossible. */
  readonly load: () => Promise<void>;
  /** Ends all live views, so that the server can close their connections. */
  readonly endViews: () => void;
}

/** Puts them together, for the entry that offers them. Only that entry loads this code. */
export function composeAdmin(config: Config, settings: AdminSettings, state: ServiceState): Admin {
  const facts: ServiceFacts = {
    service: SERVICE_NAME,
    version: VERSION,
    onnxruntime: ONNXRUNTIME_VERSION,
    stage: config.stage,
    threads: config.threads,
    cpus: config.vcpus,
    memoryLimitBytes: config.memoryLimitBytes,
    maxInFlight: config.limits.maxInFlight,
  };
  const live = createLive(facts, state);
  const prometheus = createPrometheus(facts, state);
  const viewers = createViewers(live);
  return {
    sinks: [live.sink, prometheus.sink],
    addRoutes: (app) => serveAdmin(app, { settings, viewers, prometheus }),
    recordDelay: live.recordDelay,
    load: prometheus.load,
    endViews: viewers.endAll,
  };
}
