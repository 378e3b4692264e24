import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { ERROR_KINDS, type ErrorCode } from '../../lambda/errors.ts';
import { problemType } from '../../lambda/http/problem.ts';
import { readRepositoryFile } from '../support/model.ts';
import { expectDocumented } from '../support/openapi.ts';

interface Operation {
  readonly security?: readonly Record<string, readonly string[]>[];
}
const document = JSON.parse(Buffer.from(readRepositoryFile('docs/openapi.json')).toString()) as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly securitySchemes: unknown };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

/** Every JSON Schema of the document by its place in it. OpenAPI puts them in `schema` and in `components.schemas`. */
function schemasIn(value: unknown, place = ''): [place: string, schema: object][] {
  if (typeof value !== 'object' || value === null) return [];
  const isSchema = /\/schema$|^\/components\/schemas\/[^/]+$/.test(place);
  if (isSchema) return [[place, value]];
  return Object.entries(value).flatMap(([key, part]) => schemasIn(part, `${place}/${key}`));
}

describe('the document', () => {
  test('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(valid ? [] : errors).toEqual([]);
    expect(validator.version).toBe('3.1');
  });

  const schemas = schemasIn(document);
  const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: { binary: true } });
  addFormats.default(ajv);
  ajv.addVocabulary(['example', ...Object.keys(document)]);
  ajv.addSchema(document, 'openapi');

  test('has schemas of requests, responses, parameters, headers and components', () => {
    const places = schemas.map(([place]) => place).join('\n');
    for (const part of [/requestBody/, /responses/, /parameters/, /headers/, /^\/components\/schemas/m]) {
      expect(places).toMatch(part);
    }
  });

  // Ajv checks each against the meta-schema. Its strict mode also refuses keywords and formats that JSON Schema does not
  // know and lists whose length is left open.
  test.each(schemas)('%s is a schema of JSON Schema 2020-12', (_place, schema) => {
    const withAbsoluteReferences = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(() => ajv.compile(withAbsoluteReferences)).not.toThrow();
  });
});

describe('the API key', () => {
  test('is a header', () => {
    expect(document.components.securitySchemes).toEqual({
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: expect.any(String) },
    });
  });

  test('is named for predictions, where a deployment may ask for it, and for nothing else', () => {
    const named = operations.filter(({ operation }) => operation.security);
    expect(named.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'post /predict',
      'post /predict/batch',
      'post /predict/url',
    ]);
    for (const { operation } of named) expect(operation.security).toEqual([{}, { apiKey: [] }]);
  });
});

describe('the problems that API Gateway answers with in front of the service', () => {
  const anywhere: readonly ErrorCode[] = ['forbidden', 'rate_limited', 'gateway_timeout', 'internal'];
  const cases = operations.flatMap(({ method, path }) => {
    const codes: readonly ErrorCode[] = method === 'post' ? [...anywhere, 'image_too_large'] : anywhere;
    return codes.map((code) => [method, path, code] as const);
  });

  test.each(cases)('%s %s: %s', (method, path, code) => {
    const { status, title } = ERROR_KINDS[code];
    const body = { type: problemType(code), title, status, detail: 'No.', code, request_id: 'gateway-id' };
    expectDocumented(method, path, { status, mediaType: 'application/problem+json', body });
  });
});
