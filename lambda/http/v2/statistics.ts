import type { ServedModel } from './served-models.ts';

type Name = Pick<ServedModel, 'name' | 'version'>;

/** Times of an infer request in milliseconds, from its complete body to its answer. */
export interface InferTimes {
  readonly totalMs: number;
  /** Reading the data, decoding photos and writing the tensors of the model. */
  readonly inputMs: number;
  /** Running the model. */
  readonly inferenceMs: number;
  /** Writing the answer. */
  readonly outputMs: number;
}

interface Duration {
  readonly count: number;
  readonly ns: number;
}

/** The aggregates of one model, with the names of the statistics extension. */
export interface ModelStatistics extends Name {
  /** Milliseconds since 1970. 0 before the first request. */
  readonly last_inference: number;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: Readonly<
    Record<
      'success' | 'fail' | 'queue' | 'compute_input' | 'compute_infer' | 'compute_output' | 'cache_hit',
      Duration
    >
  >;
  readonly batch_stats: readonly [];
}

/** Counts the infer requests of this process. Predictions on other paths are not part of it. */
export interface Statistics {
  /** @param batch the number of items. */
  recordSuccess(model: Name, batch: number, times: InferTimes): void;
  recordFailure(model: Name, totalMs: number): void;
  of(model: Name): ModelStatistics;
}

interface Totals {
  lastInference: number;
  inferences: number;
  successes: number;
  failures: number;
  successMs: number;
  failMs: number;
  queueMs: number;
  inputMs: number;
  inferenceMs: number;
  outputMs: number;
}

export function createStatistics(now: () => number = Date.now): Statistics {
  const totals = new Map<string, Totals>();

  function totalsOf({ name, version }: Name): Totals {
    const key = `${name}@${version}`;
    const known = totals.get(key) ?? {
      lastInference: 0,
      inferences: 0,
      successes: 0,
      failures: 0,
      successMs: 0,
      failMs: 0,
      queueMs: 0,
      inputMs: 0,
      inferenceMs: 0,
      outputMs: 0,
    };
    totals.set(key, known);
    return known;
  }

  return {
    recordSuccess(model, batch, { totalMs, inputMs, inferenceMs, outputMs }) {
      const sum = totalsOf(model);
      sum.lastInference = now();
      sum.inferences += batch;
      sum.successes += 1;
      sum.successMs += totalMs;
      sum.inputMs += inputMs;
      sum.inferenceMs += inferenceMs;
      sum.outputMs += outputMs;
      // What is left is the wait for slots, for decoders, for memory and for runs of other requests.
      sum.queueMs += Math.max(0, totalMs - inputMs - inferenceMs - outputMs);
    },
    recordFailure(model, totalMs) {
      const sum = totalsOf(model);
      sum.lastInference = now();
      sum.failures += 1;
      sum.failMs += totalMs;
    },
    of({ name, version }) {
      const sum = totalsOf({ name, version });
      const ofSuccesses = (ms: number) => duration(sum.successes, ms);
      return {
        name,
        version,
        last_inference: sum.lastInference,
        inference_count: sum.inferences,
        // Requests may share a run of the model, which they do not know. Each counts as an execution.
        execution_count: sum.successes,
        inference_stats: {
          success: ofSuccesses(sum.successMs),
          fail: duration(sum.failures, sum.failMs),
          queue: ofSuccesses(sum.queueMs),
          compute_input: ofSuccesses(sum.inputMs),
          compute_infer: ofSuccesses(sum.inferenceMs),
          compute_output: ofSuccesses(sum.outputMs),
          cache_hit: duration(0, 0),
        },
        batch_stats: [],
      };
    },
  };
}

const duration = (count: number, ms: number): Duration => ({ count, ns: Math.round(ms * 1e6) });
