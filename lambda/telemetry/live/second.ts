/** What happened in one second, as the live view gets it. */
export interface Second {
  /** The second, since 1970. Higher than that of the second before. */
  readonly t: number;
  /** Requests to the API that were answered, as for {@link isApiRequest}; the errors are theirs. */
  readonly requests: number;
  /** Images that were classified. */
  readonly predictions: number;
  /** Requests, and images of a batch, that failed, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Requests and connections that the server refused before they reached a route. */
  readonly refused: number;
  /** Of the prediction routes, in the last ten seconds. */
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  /** In the last ten seconds, as the next one. */
  readonly decode_ms: { readonly p50: number; readonly p95: number } | null;
  readonly inference_ms: { readonly p50: number; readonly p95: number } | null;
  /** Images by their top-1 class; the 20 most frequent classes. */
  readonly classes: Readonly<Record<string, number>>;
  readonly formats: Readonly<Record<string, number>>;
  /** Images being predicted at the end of the second. */
  readonly in_flight: number;
  /** Requests that waited for that at the end of the second. */
  readonly queue: number;
  /** Of the CPUs that the process may use. */
  readonly cpu_percent: number;
  readonly rss_bytes: number;
  readonly heap_bytes: number;
  /** The largest in the second. */
  readonly event_loop_delay_ms: number;
  /** Images whose top-1 probability is low. */
  readonly low_confidence: number;
}

/** Classes of one second. */
export const MAX_CLASSES = 20;
