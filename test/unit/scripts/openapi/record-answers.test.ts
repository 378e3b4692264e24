import { expect, test } from 'vitest';
import { requireAnswers } from '../../../../scripts/lib/openapi/record-answers.ts';

test('an operation without an answer is named', () => {
  expect(() => requireAnswers({ health: {} }, ['health'])).not.toThrow();
  expect(() => requireAnswers({ health: {} }, ['health', 'predictVideo'])).toThrow(
    'The operation predictVideo has no recorded answer: add a request to scripts/lib/openapi/record-answers.ts',
  );
});
