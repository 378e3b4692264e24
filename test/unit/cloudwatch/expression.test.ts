import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../../scripts/lib/cloudwatch/expression.ts';
import type { Missing, Series } from '../../../scripts/lib/cloudwatch/series.ts';

const none = undefined;
const evaluate = (expression: string, metrics: Record<string, Series>, missing: Missing = 'zero') =>
  evaluateExpression(expression, { metrics, periodSeconds: 60, missing });

// The tables of "Metric math syntax and functions" in the CloudWatch user guide.
describe('metric math', () => {
  const two = { metric1: [30, 20, 0, 0], metric2: [20, none, 20, none] };

  it.each([
    ['(metric1 < metric2)', [0, 0, 1, 0]],
    ['(metric1 >= 30)', [1, 0, 0, 0]],
    ['(metric1 > 15 AND metric2 > 15)', [1, 0, 0, 0]],
  ])('compares: %s', (expression, expected) => {
    expect(evaluate(expression, two)).toEqual(expected);
  });

  it.each([
    ['IF(metric1, metric2, metric3)', [30, 0, 20, none, none]],
    ['IF(metric1, 5, metric3)', [5, 5, 20, none, none]],
    ['IF(metric1, metric2, 5)', [30, 0, 5, 5, none]],
    ['IF(metric1, metric2)', [30, 0, none, none, none]],
  ])('chooses: %s', (expression, expected) => {
    const three = {
      metric1: [1, 1, 0, 0, none],
      metric2: [30, none, 0, 0, 30],
      metric3: [0, 0, 20, none, 20],
    };
    expect(evaluate(expression, three)).toEqual(expected);
  });

  it('treats a missing value as 0 in arithmetic, unless both are missing', () => {
    const metrics = { m1: [1, none, none], m2: [2, 3, none] };
    expect(evaluate('m1 + m2', metrics)).toEqual([3, 3, none]);
    expect(evaluate('m1 + m2', metrics, 'missing')).toEqual([3, none, none]);
    expect(evaluate('m1 + 1', metrics)).toEqual([2, none, none]);
  });

  it('drops a division by zero', () => {
    expect(evaluate('100 * m1 / m2', { m1: [1, 1, 0], m2: [4, 0, 0] })).toEqual([25, none, none]);
  });

  it('binds operators as usual', () => {
    expect(evaluate('m1 + 2 * m1 ^ 2 - -m1', { m1: [3] })).toEqual([24]);
    expect(evaluate('m1 - 1 - 1 > 0 || m1 < 0', { m1: [3, 2] })).toEqual([1, 0]);
  });

  it('fills the gaps of a series, but makes none for a metric without any data', () => {
    expect(evaluate('FILL(m1, 0)', { m1: [1, none, 3] })).toEqual([1, 0, 3]);
    expect(evaluate('FILL(m1, 0)', { m1: [none, none, none] })).toEqual([none, none, none]);
  });

  it('adds up and compares metrics', () => {
    const metrics = { m1: [1, none, none], m2: [2, 3, none] };
    expect(evaluate('SUM(METRICS())', metrics)).toEqual([3, 3, none]);
    expect(evaluate('MAX([m1, m2])', metrics)).toEqual([2, 3, none]);
    expect(evaluate('MIN([m1, m2])', metrics)).toEqual([1, 3, none]);
    expect(evaluate('m1 / SUM(m2)', metrics)).toEqual([0.2, none, none]);
  });

  it('computes rates by the second', () => {
    expect(evaluate('RATE(m1)', { m1: [0, 60, none, 300] })).toEqual([none, 1, none, 2]);
    expect(evaluate('m1 / PERIOD(m1)', { m1: [120] })).toEqual([2]);
  });

  it.each(['m1 +', 'm1 m1', 'MEDIAN(m1)', 'm2', '(m1', 'm1 # 2', '5', 'METRICS()'])('refuses %s', (wrong) => {
    expect(() => evaluate(wrong, { m1: [1], m3: [1] })).toThrow();
  });
});
