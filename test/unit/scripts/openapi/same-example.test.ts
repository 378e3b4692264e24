import { describe, expect, test } from 'vitest';
import { sameExample } from '../../../../scripts/lib/openapi/same-example.ts';

const answer = {
  request_id: 'a',
  predictions: [{ rank: 1, label: 'tabby', probability: 0.5 }],
  timing_ms: { decode: 1, total: 2 },
};

describe('a recorded example is still true', () => {
  test.each([
    ['another request', { ...answer, request_id: 'b', timing_ms: { decode: 9, total: 9 } }],
    [
      'a probability of another processor',
      { ...answer, predictions: [{ rank: 1, label: 'tabby', probability: 0.51 }] },
    ],
  ])('for %s', (_what, fresh) => {
    expect(sameExample(answer, fresh)).toBe(true);
  });

  test.each([
    ['another class', { ...answer, predictions: [{ rank: 1, label: 'tench', probability: 0.5 }] }],
    ['another probability', { ...answer, predictions: [{ rank: 1, label: 'tabby', probability: 0.6 }] }],
    ['one more prediction', { ...answer, predictions: [...answer.predictions, ...answer.predictions] }],
    ['one more field', { ...answer, more: 1 }],
    ['one field less', { request_id: 'a', predictions: answer.predictions }],
    ['one more timing', { ...answer, timing_ms: { decode: 1, inference: 1, total: 2 } }],
    ['a rank of text', { ...answer, predictions: [{ rank: '1', label: 'tabby', probability: 0.5 }] }],
  ])('but not for %s', (_what, fresh) => {
    expect(sameExample(answer, fresh)).toBe(false);
  });
});
