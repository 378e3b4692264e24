import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { createPrometheus } from '../../../../lambda/telemetry/prometheus/prometheus.ts';
import type { ModelState } from '../../../../lambda/telemetry/service-state.ts';
import { samplesOf } from '../../../support/metrics.ts';
import { FACTS, image, outcome, record, STATE } from '../records.ts';

const started = () => createPrometheus(FACTS, STATE);

/** What is scraped after these events. */
async function scraped(use: (prometheus: ReturnType<typeof started>) => void) {
  const prometheus = started();
  await prometheus.load();
  use(prometheus);
  return samplesOf(await prometheus.scrape('prometheus'));
}

describe('the metrics of a request', () => {
  test('count it, its images and its times', async () => {
    const images = [image('tabby', 0.2), image('lynx', 0.95)];
    const samples = await scraped(({ sink }) => {
      sink.recordRequest?.(
        record({ images, decodeMs: 4, inferenceMs: 20, failedImages: ['invalid_image'] }),
        outcome({ route: '/predict/batch', latencyMs: 30 }),
      );
    });
    expect(samples).toMatchObject({
      'classifier_requests_total{route="/predict/batch",method="POST",status="200"}': 1,
      'classifier_errors_total{code="invalid_image"}': 1,
      'classifier_predictions_total{model="resnet50",model_version="1.0.0"}': 2,
      'classifier_images_total{format="jpeg"}': 2,
      'classifier_top_class_total{label="tabby"}': 1,
      classifier_low_confidence_total: 1,
      'classifier_top_probability_bucket{le="0.2"}': 1,
      classifier_top_probability_count: 2,
      'classifier_image_bytes_bucket{le="30000"}': 0,
      'classifier_image_bytes_bucket{le="100000"}': 2,
      'classifier_request_duration_seconds_sum{route="/predict/batch"}': 0.03,
      'classifier_request_duration_seconds_bucket{le="0.02",route="/predict/batch"}': 0,
      'classifier_request_duration_seconds_bucket{le="0.03",route="/predict/batch"}': 1,
      classifier_decode_duration_seconds_sum: 0.004,
      classifier_inference_duration_seconds_sum: 0.02,
    });
  });

  test('count images that came as tensors, of which nothing else is known', async () => {
    const samples = await scraped(({ sink }) => {
      sink.recordRequest?.(record({ tensors: 4 }), outcome({ route: '/v2/models/:name/infer' }));
    });
    expect(samples['classifier_predictions_total{model="resnet50",model_version="1.0.0"}']).toBe(4);
    expect(samples['classifier_top_probability_count']).toBe(0);
  });

  test('count embeddings apart from predictions', async () => {
    const samples = await scraped(({ sink }) => {
      sink.recordRequest?.(record({ embeddings: 3 }), outcome({ route: '/embed' }));
    });
    expect(samples['classifier_embeddings_total{model="resnet50",model_version="1.0.0"}']).toBe(3);
    expect(Object.keys(samples).filter((name) => name.startsWith('classifier_predictions_total'))).toEqual(
      [],
    );
  });

  test('have durations of the prediction routes only', async () => {
    const samples = await scraped(({ sink }) => {
      sink.recordRequest?.(record({ method: 'GET' }), outcome({ route: '/metrics' }));
    });
    expect(Object.keys(samples).filter((name) => name.includes('request_duration'))).toEqual([]);
  });
});

test('refusals and blocks are counted', async () => {
  const samples = await scraped(({ sink }) => {
    const error = new ServiceError('request_timeout', 'No.');
    sink.recordRefusal?.({ requestId: 'a', error, clientAddress: undefined });
    sink.recordBlock?.(300);
    sink.recordBlock?.(400);
  });
  expect(samples).toMatchObject({
    'classifier_refused_total{code="request_timeout"}': 1,
    classifier_event_loop_blocks_total: 2,
  });
});

test('the state of the service is read at each scrape', async () => {
  let state: ModelState['state'] = 'loading';
  const prometheus = createPrometheus(FACTS, {
    ...STATE,
    models: () => [{ name: 'resnet50', version: '1.0.0', state }],
  });
  await prometheus.scrape('prometheus');
  state = 'ready';
  const samples = samplesOf(await prometheus.scrape('prometheus'));
  expect(samples).toMatchObject({
    classifier_requests_in_flight: 3,
    classifier_predictions_waiting: 1,
    classifier_cold_start_seconds: 0.25,
    classifier_memory_limit_bytes: 2 ** 30,
    classifier_cpus: 1.5,
    'classifier_model_info{model="resnet50",version="1.0.0",state="ready"}': 1,
    [`classifier_build_info{version="1.2.3",node="${process.versions.node}",onnxruntime="9.8.7"}`]: 1,
    process_start_time_seconds: expect.any(Number),
    nodejs_eventloop_lag_p99_seconds: expect.any(Number),
  });
  expect(Object.keys(samples).filter((name) => name.startsWith('classifier_model_info'))).toHaveLength(1);
});

describe('labels are bounded', () => {
  test('a method that nobody knows is other', async () => {
    const samples = await scraped(({ sink }) => {
      for (let index = 0; index < 100; index += 1) {
        sink.recordRequest?.(record({ method: `M${index}` }), outcome({ route: 'unmatched', status: 404 }));
      }
    });
    const requests = Object.entries(samples).filter(([name]) => name.startsWith('classifier_requests_total'));
    expect(requests).toEqual([
      ['classifier_requests_total{route="unmatched",method="other",status="404"}', 100],
    ]);
  });

  test('classes after the first 1000 are other', async () => {
    const samples = await scraped(({ sink }) => {
      for (let index = 0; index < 1500; index += 1) {
        sink.recordRequest?.(record({ images: [image(`class ${index}`)] }), outcome());
      }
      sink.recordRequest?.(record({ images: [image('class 0')] }), outcome());
    });
    const classes = Object.keys(samples).filter((name) => name.startsWith('classifier_top_class_total'));
    expect(classes).toHaveLength(1001);
    expect(samples['classifier_top_class_total{label="other"}']).toBe(500);
    expect(samples['classifier_top_class_total{label="class 0"}']).toBe(2);
  });

  test('a label with quotes and line breaks stays one label', async () => {
    const samples = await scraped(({ sink }) => {
      sink.recordRequest?.(record({ images: [image('a"b\\c\nd')] }), outcome());
    });
    expect(samples['classifier_top_class_total{label="a\\"b\\\\c\\nd"}']).toBe(1);
  });
});

describe('before prom-client is loaded', () => {
  test('events are kept', async () => {
    const prometheus = started();
    prometheus.sink.recordRequest?.(record({ images: [image('tabby')] }), outcome());
    prometheus.sink.recordBlock?.(300);
    expect(samplesOf(await prometheus.scrape('prometheus'))).toMatchObject({
      'classifier_top_class_total{label="tabby"}': 1,
      classifier_event_loop_blocks_total: 1,
    });
  });

  test('at most 2000 events are kept', async () => {
    const prometheus = started();
    for (let index = 0; index < 5000; index += 1) prometheus.sink.recordBlock?.(300);
    expect(samplesOf(await prometheus.scrape('prometheus'))['classifier_event_loop_blocks_total']).toBe(2000);
  });
});

describe('the text', () => {
  test('has the names of its format, also if both are scraped at the same time', async () => {
    const { scrape } = started();
    const formats = ['openmetrics', 'prometheus', 'openmetrics', 'prometheus'] as const;
    for (const round of [1, 2]) {
      const texts = await Promise.all(formats.map(scrape));
      formats.forEach((format, index) => {
        const text = texts[index] ?? '';
        const isOpen = format === 'openmetrics';
        expect(text.endsWith('# EOF\n'), `${format} ${round}`).toBe(isOpen);
        expect(text).toContain(
          isOpen
            ? '# TYPE classifier_low_confidence counter'
            : '# TYPE classifier_low_confidence_total counter',
        );
        expect(text).toContain('\nclassifier_low_confidence_total 0\n');
      });
    }
  });
});
