import { LOW_CONFIDENCE_BELOW } from '../names.ts';
import { isApiRequest, isPrediction, type RequestOutcome, type RequestRecord, round } from '../requests.ts';
import { createRecentTimes } from './histogram.ts';
import { MAX_CLASSES, type Second } from './second.ts';
import { createTally } from './tally.ts';

/** Percentiles of one second alone would jump with every slow request. */
const WINDOW_SECONDS = 10;
/** More than the errors and the formats, and more classes than a second has predictions. */
const MAX_NAMES = 1000;
/** The longest label of a class that is shown in full. */
const MAX_LABEL_LENGTH = 80;

/** The part of a second that is counted; the rest is read at its end. */
export type Counted = Omit<Second, 't' | 'in_flight' | 'queue' | 'cpu_percent' | 'rss_bytes' | 'heap_bytes'>;

/** Counts what happens in the current second. */
export interface SecondCounts {
  addRequest(record: RequestRecord, outcome: RequestOutcome): void;
  addRefusal(): void;
  /** @param ms for which the event loop was late. */
  addDelay(ms: number): void;
  /** Ends the second, and starts the next one. */
  finish(): Counted;
}

export function createSecondCounts(): SecondCounts {
  const times = {
    latency: createRecentTimes(WINDOW_SECONDS),
    decode: createRecentTimes(WINDOW_SECONDS),
    inference: createRecentTimes(WINDOW_SECONDS),
  };
  const names = {
    errors: createTally(MAX_NAMES),
    classes: createTally(MAX_NAMES),
    formats: createTally(MAX_NAMES),
  };
  let requests = 0;
  let predictions = 0;
  let refused = 0;
  let lowConfidence = 0;
  let delayMs = 0;

  return {
    addRequest(record, { route, latencyMs }) {
      if (!isApiRequest(route)) return;
      const { images, tensors = 0, failedImages = [], decodeMs, inferenceMs, error } = record;
      requests += 1;
      predictions += images.length + tensors;
      if (isPrediction(route)) times.latency.add(latencyMs);
      if (decodeMs !== undefined) times.decode.add(decodeMs);
      if (inferenceMs !== undefined) times.inference.add(inferenceMs);
      if (error) names.errors.add(error.code);
      for (const code of failedImages) names.errors.add(code);
      for (const image of images) {
        names.classes.add(shorten(image.topLabel));
        names.formats.add(image.format);
        if (image.topProbability < LOW_CONFIDENCE_BELOW) lowConfidence += 1;
      }
    },
    addRefusal() {
      refused += 1;
    },
    addDelay(ms) {
      delayMs = Math.max(delayMs, ms);
    },
    finish() {
      const counted = {
        requests,
        predictions,
        errors: names.errors.top(MAX_NAMES),
        refused,
        latency_ms: latencies(times.latency.percentiles([0.5, 0.95, 0.99])),
        decode_ms: phase(times.decode.percentiles([0.5, 0.95])),
        inference_ms: phase(times.inference.percentiles([0.5, 0.95])),
        classes: names.classes.top(MAX_CLASSES),
        formats: names.formats.top(MAX_NAMES),
        event_loop_delay_ms: round(delayMs, 1),
        low_confidence: lowConfidence,
      };
      requests = predictions = refused = lowConfidence = delayMs = 0;
      for (const tally of Object.values(names)) tally.clear();
      for (const recent of Object.values(times)) recent.nextSecond();
      return counted;
    },
  };
}

const latencies = (values: readonly [number, number, number] | undefined) =>
  values ? { p50: round(values[0]), p95: round(values[1]), p99: round(values[2]) } : null;

const phase = (values: readonly [number, number] | undefined) =>
  values ? { p50: round(values[0]), p95: round(values[1]) } : null;

const shorten = (label: string): string =>
  label.length > MAX_LABEL_LENGTH ? `${label.slice(0, MAX_LABEL_LENGTH)}…` : label;
