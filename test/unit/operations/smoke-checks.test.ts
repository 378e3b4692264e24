import { describe, expect, test } from 'vitest';
import { smokeChecks } from '../../../lambda/operations/smoke-checks.ts';

const EGYPTIAN_CAT = { wnid: 'n02124075', label: 'Egyptian cat', probability: 0.9 };

function judgePrediction(status: number, body: unknown, expectedClasses = ['n02124075']): string {
  const checks = smokeChecks({ photo: Uint8Array.of(1), expectedClasses });
  const check = checks.find(({ name }) => name === 'predict');
  if (!check) throw new Error('expected a check of a prediction, got none');
  return check.judge({ status, body });
}

describe('the check of a prediction', () => {
  test('tells what the photo shows', () => {
    expect(judgePrediction(200, { predictions: [EGYPTIAN_CAT] })).toBe('the photo shows Egyptian cat, 0.90');
  });

  test('takes a class by its label, as a model without WordNet ids names it', () => {
    const body = { predictions: [{ label: 'cat', probability: 0.9 }] };
    expect(judgePrediction(200, body, ['cat'])).toBe('the photo shows cat, 0.90');
    expect(() => judgePrediction(200, body, ['dog'])).toThrow('expected one of the classes dog, got status');
  });

  test.each([
    [401, { code: 'unauthorized' }, 'expected status 200, got status 401: {"code":"unauthorized"}'],
    [200, { code: 'ok' }, 'expected another value of predictions, got status 200: {"code":"ok"}'],
    [200, 'Hello', 'expected another value of the body, got status 200: "Hello"'],
    [
      200,
      { predictions: [{ ...EGYPTIAN_CAT, wnid: 'n01440764' }] },
      /^expected one of the classes n02124075, got status 200: /,
    ],
  ])('says in our own words what is wrong with %d and %j', (status, body, message) => {
    expect(() => judgePrediction(status, body)).toThrow(message);
  });
});
