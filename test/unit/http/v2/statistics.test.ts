import { expect, test } from 'vitest';
import { createStatistics } from '../../../../lambda/http/v2/statistics.ts';

const model = { name: 'm', version: '1' };

test('a model without requests has zeros', () => {
  const { inference_stats, ...counts } = createStatistics().of(model);
  expect(counts).toEqual({
    ...model,
    last_inference: 0,
    inference_count: 0,
    execution_count: 0,
    batch_stats: [],
  });
  expect(new Set(Object.values(inference_stats).map(({ count, ns }) => count + ns))).toEqual(new Set([0]));
});

test('times add up, and what is left of the total is the wait', () => {
  const statistics = createStatistics(() => 1234);
  statistics.recordSuccess(model, 3, { totalMs: 10, inputMs: 2, inferenceMs: 5, outputMs: 1 });
  statistics.recordSuccess(model, 1, { totalMs: 4, inputMs: 1, inferenceMs: 2, outputMs: 0.5 });
  statistics.recordFailure(model, 7);
  expect(statistics.of(model)).toMatchObject({
    last_inference: 1234,
    inference_count: 4,
    execution_count: 2,
    inference_stats: {
      success: { count: 2, ns: 14_000_000 },
      fail: { count: 1, ns: 7_000_000 },
      queue: { count: 2, ns: 2_500_000 },
      compute_input: { count: 2, ns: 3_000_000 },
      compute_infer: { count: 2, ns: 7_000_000 },
      compute_output: { count: 2, ns: 1_500_000 },
      cache_hit: { count: 0, ns: 0 },
    },
  });
});

test('each version has its own', () => {
  const statistics = createStatistics();
  statistics.recordFailure(model, 7);
  expect(statistics.of({ ...model, version: '2' }).inference_stats.fail.count).toBe(0);
});
