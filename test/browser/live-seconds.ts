/** What the service sends for one second. */
export type Second = ReturnType<typeof second>;

/** What the service sends about itself. */
export const INFO = {
  service: 'resnet50-serverless',
  version: '1.2.3',
  node: '24.1.0',
  onnxruntime: '1.30.0',
  started_at: '2026-01-02T03:00:00.000Z',
  uptime_s: 3600,
  stage: 'local',
  threads: 2,
  cpus: 2,
  memory_limit_bytes: 2 ** 31,
  max_in_flight: 32,
  models: [
    { name: 'resnet50', version: '1.0.0', state: 'ready' },
    { name: 'efficientnet-lite2', version: '2.0.0', state: 'loading' },
  ],
};

/** An hour after the start in {@link INFO}. */
export const START = Date.parse(INFO.started_at) / 1000 + 3600;

interface Changes {
  readonly errors?: Readonly<Record<string, number>>;
  readonly latency_ms?: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly [name: string]: unknown;
}

/** A second of a service that is in use. @param t seconds after {@link START} */
export function second(t: number, changes: Changes = {}) {
  return {
    t: START + t,
    requests: 20,
    predictions: 18,
    errors: {} as Readonly<Record<string, number>>,
    refused: 0,
    latency_ms: { p50: 12.3, p95: 45.6, p99: 78.9 },
    decode_ms: { p50: 2.1, p95: 4.2 },
    inference_ms: { p50: 9.1, p95: 18.2 },
    classes: { 'Egyptian cat': 10, espresso: 8 } as Readonly<Record<string, number>>,
    formats: { jpeg: 12, webp: 6 } as Readonly<Record<string, number>>,
    in_flight: 3,
    queue: 0,
    cpu_percent: 61.5,
    rss_bytes: 300 * 2 ** 20,
    heap_bytes: 40 * 2 ** 20,
    event_loop_delay_ms: 3.25,
    low_confidence: 2,
    ...changes,
  };
}

/** The same second many times. @param from seconds after {@link START} */
export const seconds = (from: number, count: number, changes: Changes = {}): Second[] =>
  Array.from({ length: count }, (_, index) => second(from + index, changes));
