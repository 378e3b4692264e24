import type { Sink } from '../requests.ts';
import type { ServiceFacts, ServiceState } from '../service-state.ts';
import type { Metrics, TextFormat } from './metrics.ts';

/** With this many kept events, prom-client is loaded at once. */
const LOAD_AT = 1000;
/** Loading takes 50 ms. Events beyond this number are lost. */
const MAX_KEPT = 2 * LOAD_AT;

/** Metrics that a Prometheus server scrapes. */
export interface Prometheus {
  /** Keeps events until prom-client is loaded, so that the service starts without it. */
  readonly sink: Sink;
  /** Loads prom-client, unless it is loaded already. */
  load(): Promise<void>;
  /** All metrics. Scrapes at the same time share one answer. */
  scrape(format: TextFormat): Promise<string>;
}

export function createPrometheus(facts: ServiceFacts, state: ServiceState): Prometheus {
  let kept: ((metrics: Metrics) => void)[] = [];
  let loading: Promise<Metrics> | undefined;
  let loaded: Metrics | undefined;

  async function load(): Promise<Metrics> {
    const { createMetrics } = await import('./metrics.ts');
    const metrics = createMetrics(facts, state);
    for (const record of kept) record(metrics);
    kept = [];
    loaded = metrics;
    return metrics;
  }
  const loadOnce = () => (loading ??= load());

  function record(event: (metrics: Metrics) => void): void {
    if (loaded) event(loaded);
    else if (kept.length < MAX_KEPT) kept.push(event);
    // A scrape reports why it failed.
    if (kept.length === LOAD_AT) loadOnce().catch(() => {});
  }

  return {
    sink: {
      recordRequest: (...request) => record((metrics) => metrics.recordRequest(...request)),
      recordRefusal: (refusal) => record((metrics) => metrics.recordRefusal(refusal)),
      recordBlock: (blockedMs) => record((metrics) => metrics.recordBlock(blockedMs)),
    },
    load: async () => void (await loadOnce()),
    scrape: async (format) => (await loadOnce()).text(format),
  };
}
