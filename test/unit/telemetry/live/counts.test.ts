import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { createSecondCounts } from '../../../../lambda/telemetry/live/counts.ts';
import { image, outcome, record } from '../records.ts';

describe('a second', () => {
  test('counts requests, images, errors, classes and formats', () => {
    const counts = createSecondCounts();
    const images = [image('tabby'), image('tabby', 0.29), image('lynx', 0.3)];
    counts.addRequest(record({ images, decodeMs: 3, inferenceMs: 10 }), outcome());
    counts.addRequest(record({ tensors: 4 }), outcome({ route: '/v2/models/:name/infer' }));
    counts.addRequest(record({ failedImages: ['invalid_image', 'invalid_image'] }), outcome());
    const error = new ServiceError('not_found', 'No.');
    counts.addRequest(record({ method: 'GET', error }), outcome({ route: 'unmatched', status: 404 }));
    counts.addRefusal();
    counts.addDelay(3.14);
    counts.addDelay(1);
    expect(counts.finish()).toMatchObject({
      requests: 4,
      predictions: 7,
      errors: { invalid_image: 2, not_found: 1 },
      refused: 1,
      classes: { tabby: 2, lynx: 1 },
      formats: { jpeg: 3 },
      low_confidence: 1,
      event_loop_delay_ms: 3.1,
    });
  });

  test('starts at zero again; percentiles are those of the last ten seconds', () => {
    const counts = createSecondCounts();
    counts.addRequest(record({ images: [image('tabby', 0.1)], decodeMs: 3, inferenceMs: 10 }), outcome());
    counts.addRefusal();
    counts.addDelay(5);
    const [first, ...later] = Array.from({ length: 11 }, () => counts.finish());
    expect(later[0]).toEqual({ ...empty, ...percentilesOf(first) });
    expect(later[8]).toEqual({ ...empty, ...percentilesOf(first) });
    expect(later[9]).toEqual(empty);
  });

  test('has latencies of the prediction routes only', () => {
    const counts = createSecondCounts();
    counts.addRequest(record({ method: 'GET' }), outcome({ route: '/models', latencyMs: 0.2 }));
    expect(counts.finish().latency_ms).toBeNull();
    counts.addRequest(record(), outcome({ latencyMs: 100 }));
    const { p50 = 0, p99 } = counts.finish().latency_ms ?? {};
    expect(p50).toBeCloseTo(100, -1);
    expect(p99).toBe(p50);
  });

  test('has at most its 20 most frequent classes, with labels of a bounded length', () => {
    const counts = createSecondCounts();
    for (let index = 0; index < 5000; index += 1) {
      counts.addRequest(
        record({ images: [image(`class ${index}`), image('cat'), image('x'.repeat(9000))] }),
        outcome(),
      );
    }
    const { classes } = counts.finish();
    expect(Object.keys(classes)).toHaveLength(20);
    expect(classes['cat']).toBe(5000);
    expect(JSON.stringify(classes).length).toBeLessThan(1000);
  });

  test.each([
    '/',
    '/app/view.js',
    '/docs',
    '/openapi.json',
    '/health',
    '/ready',
    '/v2/health/live',
    '/metrics',
    '/live/events',
  ])('has neither the requests nor the errors of %s, which is not the API', (route) => {
    const counts = createSecondCounts();
    const error = new ServiceError('not_ready', 'No.');
    counts.addRequest(record({ method: 'GET', error }), outcome({ route, status: 503 }));
    expect(counts.finish()).toEqual(empty);
  });

  test('is plain data even if a label is a name of the language', () => {
    const counts = createSecondCounts();
    counts.addRequest(record({ images: [image('__proto__'), image('constructor')] }), outcome());
    expect(JSON.stringify(counts.finish().classes)).toBe('{"__proto__":1,"constructor":1}');
  });
});

const empty = {
  requests: 0,
  predictions: 0,
  errors: {},
  refused: 0,
  latency_ms: null,
  decode_ms: null,
  inference_ms: null,
  classes: {},
  formats: {},
  event_loop_delay_ms: 0,
  low_confidence: 0,
};

const percentilesOf = ({
  latency_ms,
  decode_ms,
  inference_ms,
}: Partial<ReturnType<ReturnType<typeof createSecondCounts>['finish']>> = {}) => ({
  latency_ms,
  decode_ms,
  inference_ms,
});
