import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { LOW_CONFIDENCE_BELOW } from '../names.ts';
import { type Events, isPrediction, type ModelName, type RequestRecord } from '../requests.ts';
import type { ServiceFacts, ServiceState } from '../service-state.ts';
import { boundedLabel, methodLabel } from './labels.ts';
import { addStateGauges } from './state-gauges.ts';
import { createTextWriter, type MetricRegistry, type TextFormat } from './text.ts';

export type { TextFormat } from './text.ts';

export interface Metrics extends Pick<Events, 'recordRequest' | 'recordRefusal' | 'recordBlock'> {
  /** All metrics, in one of the formats that Prometheus reads. */
  text(format: TextFormat): Promise<string>;
}

/** Seconds. A run of the model takes 10 to 100 ms, and a client waits at most 30 s. */
const DURATIONS = [
  0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30,
];
const PROBABILITIES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Bytes: from an icon to the largest body that the service can be set to. */
const SIZES = [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8];
/** Time series for the classes of the predictions. A model of ImageNet has 1000. */
const MAX_CLASS_LABELS = 1000;
/** How often prom-client measures the delay of the event loop. With its 10 ms it takes 0.4 % of a core. */
const LOOP_CHECK_MS = 50;

/** The metrics that docs/live-view.md lists, and prom-client's metrics of the process. */
export function createMetrics(facts: ServiceFacts, state: ServiceState): Metrics {
  const registry: MetricRegistry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry as Registry, eventLoopMonitoringPrecision: LOOP_CHECK_MS });
  addStateGauges(registry, facts, state);

  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `classifier_${name}`, help, labelNames, registers });
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name: `classifier_${name}`, help, buckets, labelNames, registers });

  const requests = counter('requests_total', 'Requests that were answered.', ['route', 'method', 'status']);
  const errors = counter('errors_total', 'Requests, and images of a batch, that failed.', ['code']);
  const refused = counter('refused_total', 'Requests and connections that reached no route.', ['code']);
  const duration = histogram(
    'request_duration_seconds',
    'Time from a request to its answer, on the routes that run a model.',
    DURATIONS,
    ['route'],
  );
  const decode = histogram('decode_duration_seconds', 'Time from bytes to tensor.', DURATIONS);
  const inference = histogram(
    'inference_duration_seconds',
    'Time from tensor to classes or embedding.',
    DURATIONS,
  );
  const predictions = counter('predictions_total', 'Images that were classified.', [
    'model',
    'model_version',
  ]);
  const embeddings = counter('embeddings_total', 'Images that became embeddings.', [
    'model',
    'model_version',
  ]);
  const images = counter('images_total', 'Images that were classified, without tensors.', ['format']);
  const topClass = counter('top_class_total', 'Images by their top-1 class.', ['label']);
  const topProbability = histogram('top_probability', 'Probability of the top-1 class.', PROBABILITIES);
  const lowConfidence = counter(
    'low_confidence_total',
    `Images whose top-1 probability is below ${LOW_CONFIDENCE_BELOW}.`,
  );
  const imageBytes = histogram('image_bytes', 'Size of the images as they were sent.', SIZES);
  const blocks = counter('event_loop_blocks_total', 'Times that the event loop was blocked for over 200 ms.');
  const classLabel = boundedLabel(MAX_CLASS_LABELS);

  function recordImages(
    { images: classified, tensors = 0, embeddings: embedded = 0 }: RequestRecord,
    model: ModelName | undefined,
  ): void {
    const labels = { model: model?.name ?? '', model_version: model?.version ?? '' };
    const count = classified.length + tensors;
    if (count > 0) predictions.inc(labels, count);
    if (embedded > 0) embeddings.inc(labels, embedded);
    for (const { format, bytes, topLabel, topProbability: probability } of classified) {
      images.inc({ format });
      imageBytes.observe(bytes);
      topClass.inc({ label: classLabel(topLabel) });
      topProbability.observe(probability);
      if (probability < LOW_CONFIDENCE_BELOW) lowConfidence.inc();
    }
  }

  return {
    text: createTextWriter(registry),
    recordRequest(record, { route, status, model, latencyMs }) {
      const { method, error, failedImages = [], decodeMs, inferenceMs } = record;
      requests.inc({ route, method: methodLabel(method), status });
      if (error) errors.inc({ code: error.code });
      for (const code of failedImages) errors.inc({ code });
      if (isPrediction(route)) duration.observe({ route }, latencyMs / 1000);
      if (decodeMs !== undefined) decode.observe(decodeMs / 1000);
      if (inferenceMs !== undefined) inference.observe(inferenceMs / 1000);
      recordImages(record, model);
    },
    recordRefusal: ({ error }) => refused.inc({ code: error.code }),
    recordBlock: () => blocks.inc(),
  };
}
