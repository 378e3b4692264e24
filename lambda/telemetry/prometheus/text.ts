import { Registry } from 'prom-client';

/** Prometheus text 0.0.4, or OpenMetrics text 1.0.0. */
export type TextFormat = 'prometheus' | 'openmetrics';

export const CONTENT_TYPES = {
  prometheus: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

export type MetricRegistry = Registry<(typeof CONTENT_TYPES)[TextFormat]>;

/**
 * Writes all metrics of a registry. prom-client sets the format for the whole registry, and OpenMetrics renames its
 * counters: only one text can be written at a time, and the names are restored after it.
 */
export function createTextWriter(registry: MetricRegistry): (format: TextFormat) => Promise<string> {
  const inProgress = new Map<TextFormat, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();

  async function write(format: TextFormat): Promise<string> {
    const metrics = registry.getMetricsAsArray();
    const names = metrics.map(({ name }) => name);
    registry.setContentType(CONTENT_TYPES[format]);
    try {
      return await registry.metrics();
    } finally {
      metrics.forEach((metric, index) => {
        metric.name = names[index] ?? metric.name;
      });
    }
  }

  return (format) => {
    const shared = inProgress.get(format);
    if (shared) return shared;
    const text = last.then(() => write(format)).finally(() => inProgress.delete(format));
    inProgress.set(format, text);
    last = text.catch(() => {});
    return text;
  };
}
