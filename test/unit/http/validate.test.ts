import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { ServiceError } from '../../../lambda/errors.ts';
import { predictionOptions, predictQuery } from '../../../lambda/http/options/prediction.ts';
import { Repeated } from '../../../lambda/http/repeated.ts';
import { urlBody } from '../../../lambda/http/schemas/predictions.ts';
import { validate } from '../../../lambda/http/validate.ts';
import { expectation } from '../../../lambda/http/wording.ts';

/** Every schema for input, with valid values. */
const INPUTS: readonly (readonly [name: string, schema: z.ZodObject, valid: Record<string, unknown>])[] = [
  ['predictQuery', predictQuery, { explain: 'true', top_k: '7' }],
  ['formOptions', predictionOptions.form, { explain: '10', top_k: '7' }],
  ['jsonOptions', predictionOptions.json, { explain: true, top_k: 7 }],
  ['urlBody', urlBody, { url: 'https://a.example/', top_k: 7 }],
];
const WRONG_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e9,
  Number.POSITIVE_INFINITY,
  '',
  'x'.repeat(100_000),
  [],
  ['x'],
  {},
  new Uint8Array(3),
  new Repeated(2),
  new Repeated(3, ['a', 'b']),
];

function errorOf(run: () => unknown): ServiceError {
  try {
    run();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error('Expected a ServiceError, got none.');
}

describe.each(INPUTS)('%s', (_name, schema, valid) => {
  test('accepts valid values', () => {
    expect(validate(schema, valid, 'body')).toMatchObject({ top_k: 7 });
  });

  test.each(Object.keys(schema.shape))('says of a wrong %s what was expected and what came', (field) => {
    const prefix = `expected ${expectation(schema.shape[field])}, got `;
    expect(prefix).not.toContain('as /docs describes it');
    const takesTrue = schema === predictionOptions.json || schema === urlBody ? ['explain'] : [];
    for (const value of WRONG_VALUES) {
      if (value === true && takesTrue.includes(field)) continue;
      const { code, fields, detail } = errorOf(() => validate(schema, { ...valid, [field]: value }, 'body'));
      expect(code).toBe('invalid_request');
      expect(fields).toHaveLength(1);
      const message = fields?.[0]?.message ?? '';
      expect(message.slice(0, prefix.length)).toBe(prefix);
      expect(message.slice(prefix.length)).toMatch(
        /^(null|true|-1|0|0\.5|1000000000|Infinity|"x{0,64}…?"|\d+ characters|an array|an object|a file|[23] values(: "a" and "b" and others)?)$/,
      );
      expect(detail).toBe(`body.${field}: ${message}.`);
    }
  });

  test('names all wrong fields in one error', () => {
    const wrong = Object.fromEntries(Object.keys(schema.shape).map((field) => [field, []]));
    const { fields } = errorOf(() => validate(schema, wrong, 'body'));
    expect(fields?.map(({ field }) => field)).toEqual(Object.keys(wrong).map((field) => `body.${field}`));
  });
});

test.each([
  ['0', 'got 0'],
  ['abc', 'got "abc"'],
  ['-1', 'got -1'],
  [' 5', 'got " 5"'],
])('the error for the number %j shows what came', (text, shown) => {
  expect(errorOf(() => validate(predictQuery, { top_k: text }, 'query')).detail).toBe(
    `query.top_k: expected a whole number from 1 to 1000, ${shown}.`,
  );
});

test('a missing text and a text of the wrong length are named, and the text is not shown', () => {
  expect(errorOf(() => validate(urlBody, {}, 'body')).detail).toBe(
    'body.url: expected text of 1 to 2048 characters, got nothing.',
  );
  expect(errorOf(() => validate(urlBody, { url: 's3cret'.repeat(500) }, 'body')).detail).toBe(
    'body.url: expected text of 1 to 2048 characters, got 3000 characters.',
  );
  expect(
    errorOf(() => validate(urlBody, { url: new Repeated(2, ['s3cret', 's3cret']) }, 'body')).detail,
  ).toBe('body.url: expected text of 1 to 2048 characters, got 2 values.');
});

test.each([
  ['a\u0007b\u009bc', 'a\uFFFDb\uFFFDc'],
  ['\u202egnp.exe', '\uFFFDgnp.exe'],
  ['a\nb\u2028c', 'a\uFFFDb\uFFFDc'],
  ['été 猫', 'été 猫'],
])('the error for the unknown name %j shows no invisible character', (name, shown) => {
  const { detail, fields } = errorOf(() => validate(predictQuery, { [name]: '1' }, 'query'));
  expect(fields?.map(({ field }) => field)).toEqual([`query.${shown}`]);
  expect(detail).toContain(`query.${shown}: unknown parameter`);
});

test('the error for a wrong value shows no invisible character', () => {
  const { detail } = errorOf(() => validate(predictQuery, { top_k: '\u009b\u202e\n' }, 'query'));
  expect(detail).toMatch(/, got "\uFFFD\uFFFD\\n"\.$/);
});

test('negative zero is shown as it was sent', () => {
  const { detail } = errorOf(() => validate(predictionOptions.json, { top_k: -0 }, 'body'));
  expect(detail).toMatch(/, got -0\.$/);
});

test('a value is not cut inside a character', () => {
  const { detail } = errorOf(() => validate(predictQuery, { top_k: `x${'🐈'.repeat(40)}` }, 'query'));
  expect(detail.isWellFormed()).toBe(true);
});
