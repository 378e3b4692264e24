import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { ERROR_KINDS, type ErrorCode } from '../../lambda/errors.ts';
import recorded from '../../lambda/http/openapi/examples.json' with { type: 'json' };
import { PROBLEM_MEDIA_TYPE, problemType } from '../../lambda/http/problem.ts';
import { silentApp } from '../../scripts/lib/openapi/app.ts';
import { fixedEngine } from '../../scripts/lib/openapi/fixed-engine.ts';
import { recordExamples } from '../../scripts/lib/openapi/record-examples.ts';
import { sameExample } from '../../scripts/lib/openapi/same-example.ts';
import { featureClassifier } from '../support/features.ts';
import { readRepositoryFile } from '../support/model.ts';
import { expectDocumented, isProtocol } from '../support/openapi.ts';

interface MediaType {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly operationId: string;
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, MediaType>> }>>;
}
const document = JSON.parse(Buffer.from(readRepositoryFile('docs/openapi.json')).toString()) as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly securitySchemes: unknown;
    readonly schemas: Readonly<Record<string, { readonly properties: Readonly<Record<string, object>> }>>;
  };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

/**
 * Every JSON Schema of the document by its path: OpenAPI has them in `schema` and in `components.schemas`.
 */
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
  ajv.addVocabulary(['example', 'x-extensible-enum', ...Object.keys(document)]);
  ajv.addSchema(document, 'openapi');

  test('has schemas of requests, responses, parameters, headers and components', () => {
    const places = schemas.map(([place]) => place).join('\n');
    for (const part of [/requestBody/, /responses/, /parameters/, /headers/, /^\/components\/schemas/m]) {
      expect(places).toMatch(part);
    }
  });

  // Ajv checks each against the meta-schema. Its strict mode also refuses keywords and formats that JSON
  // Schema does not know and lists whose length is left open.
  test.each(schemas)('%s is a schema of JSON Schema 2020-12', (_place, schema) => {
    const withAbsoluteReferences = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(() => ajv.compile(withAbsoluteReferences)).not.toThrow();
  });
});

describe('schemas of objects', () => {
  /** The objects in a schema and in the components that it refers to, with whether they take other fields. */
  function objectsIn(value: unknown, seen = new Set<string>()): boolean[] {
    if (typeof value !== 'object' || value === null) return [];
    const { $ref, properties, additionalProperties } = value as Readonly<Record<string, unknown>>;
    if (typeof $ref === 'string') {
      if (seen.has($ref)) return [];
      seen.add($ref);
      return objectsIn(document.components.schemas[$ref.split('/').at(-1) ?? ''], seen);
    }
    const inside = Object.values(value).flatMap((part) => objectsIn(part, seen));
    return properties ? [additionalProperties !== false, ...inside] : inside;
  }
  const schemasOf = (contents: readonly { readonly content?: Readonly<Record<string, MediaType>> }[]) =>
    contents.flatMap(({ content = {} }) => Object.values(content).map(({ schema }) => schema));

  test('answers are open, so that a minor version may add a field', () => {
    const answers = schemasOf(operations.flatMap(({ operation }) => Object.values(operation.responses)));
    const areOpen = objectsIn(answers);
    expect(areOpen.length).toBeGreaterThan(10);
    expect(areOpen).not.toContain(false);
  });

  // The Open Inference Protocol asks servers to ignore what they do not know.
  test('requests are closed, as the service refuses unknown fields', () => {
    const own = operations.filter((operation) => !isProtocol(operation));
    const bodies = schemasOf(own.flatMap(({ operation: { requestBody } }) => requestBody ?? []));
    const areOpen = objectsIn(bodies);
    expect(areOpen.length).toBeGreaterThan(4);
    expect(areOpen).not.toContain(true);
  });
});

describe('for generated clients', () => {
  const { schemas } = document.components;

  test('no schema has the name that oapi-codegen gives to the response of an operation', () => {
    const taken = operations.map(({ operation }) => `${operation.operationId}Response`.toLowerCase());
    expect(Object.keys(schemas).filter((name) => taken.includes(name.toLowerCase()))).toEqual([]);
  });

  test('every variant of a batch item has a name', () => {
    expect(schemas['BatchItem']).toEqual({
      anyOf: [
        { $ref: '#/components/schemas/BatchPrediction' },
        { $ref: '#/components/schemas/BatchFailure' },
      ],
    });
    expect(schemas['BatchFailure']?.properties).toMatchObject({
      problem: { $ref: '#/components/schemas/ProblemDetails' },
    });
  });

  test('a line of the results of a job has a schema, which its example fits', () => {
    const { example } = document.paths['/jobs/{job_id}/results']?.['get']?.responses['200']?.content?.[
      'application/x-ndjson'
    ] ?? { example: '' };
    const validator = new Ajv2020({ strict: false });
    addFormats.default(validator);
    validator.addSchema(document, 'openapi');
    const lines = String(example).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const isValid = validator.validate({ $ref: 'openapi#/components/schemas/JobResult' }, JSON.parse(line));
      expect(isValid ? [] : validator.errors).toEqual([]);
    }
  });

  test.each(['Problem', 'ProblemDetails'])('%s.code is an open enum of all codes', (name) => {
    expect(schemas[name]?.properties['code']).toEqual({
      type: 'string',
      'x-extensible-enum': Object.keys(ERROR_KINDS),
      description: expect.stringMatching(/minor version .* by its status/),
    });
  });

  // openapi-typescript would make a property of a body required. openapi-python-client would send the default
  // of a query parameter, which contradicts another value in the body.
  test('no schema has a default', () => {
    expect(JSON.stringify(document)).not.toContain('"default"');
  });
});

describe('the API key', () => {
  test('is a header', () => {
    expect(document.components.securitySchemes).toEqual({
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: expect.any(String) },
    });
  });

  test.each(operations)(
    '$method $path says whether a deployment may ask for it',
    ({ method, path, operation }) => {
      const isGuarded =
        (method === 'post' && operation.operationId !== 'protocolIndex') || path.startsWith('/jobs/');
      expect(operation.security).toEqual(isGuarded ? [{}, { apiKey: [] }] : []);
    },
  );
});

describe('the examples', () => {
  const responses = operations.flatMap(({ method, path, operation }) =>
    Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(([mediaType, body]) => ({ method, path, status, mediaType, body })),
    ),
  );

  // Text cannot show the bytes of an embedding.
  const shown = responses.filter(
    ({ mediaType, path }) => mediaType !== 'application/octet-stream' || path !== '/embed',
  );

  test.each(shown)('$method $path $status has an example that its schema describes', (response) => {
    const { method, path, status, mediaType, body } = response;
    const values = Object.values(body.examples ?? { only: { value: body.example } });
    expect(values).not.toEqual([]);
    for (const { value } of values) {
      expectDocumented(method, path, { status: Number(status), mediaType, body: value });
      if (mediaType === PROBLEM_MEDIA_TYPE) expect(value).toMatchObject({ status: Number(status) });
    }
  });

  const requests = operations.filter(
    (operation) =>
      !isProtocol(operation) && operation.operation.requestBody?.content['application/json'] !== undefined,
  );

  // A reader of /docs presses "Execute" without a change.
  test.each(requests)(
    '$method $path has a request that the service takes',
    async ({ method, path, operation }) => {
      const { example } = operation.requestBody?.content['application/json'] ?? {};
      const app = silentApp({
        classifier: Promise.resolve(featureClassifier()),
        fetchUrl: async (_url, take) => {
          await take(readRepositoryFile('examples/cat.jpg'));
        },
        jobs: async () => fixedEngine([]),
      });
      const response = await app.request(
        path,
        {
          method: method.toUpperCase(),
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(example),
        },
        {},
      );
      const answer = await response.text();
      expect(response.ok, answer).toBe(true);
      expect(answer).not.toContain('"problem"');
    },
  );

  test('are what the service answers', async () => {
    const fresh = await recordExamples();
    for (const [name, answer] of Object.entries(fresh.answers)) {
      const isSame = sameExample(recorded.answers[name as keyof typeof recorded.answers], answer);
      expect(isSame, `${name}: run npm run openapi:record`).toBe(true);
    }
    for (const [name, problem] of Object.entries(fresh.problems)) {
      const isSame = sameExample(recorded.problems[name as keyof typeof recorded.problems], problem);
      expect(isSame, `${name}: run npm run openapi:record`).toBe(true);
    }
  }, 30_000);
});

describe('the problems that API Gateway answers with in front of the service', () => {
  const anywhere: readonly ErrorCode[] = ['forbidden', 'rate_limited', 'gateway_timeout', 'internal'];
  const cases = operations.flatMap(({ method, path }) => {
    const codes: readonly ErrorCode[] =
      method === 'post' ? [...anywhere, 'invalid_request', 'image_too_large'] : anywhere;
    return codes.map((code) => [method, path, code] as const);
  });

  test.each(cases)('%s %s: %s', (method, path, code) => {
    const { status, title } = ERROR_KINDS[code];
    const body = { type: problemType(code), title, status, detail: 'No.', code, request_id: 'gateway-id' };
    expectDocumented(method, path, { status, mediaType: 'application/problem+json', body });
  });
});
