import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../lambda/http/app.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { readRepositoryFile } from '../../support/model.ts';
import { inferInit, send } from './support.ts';

interface Operation {
  readonly security: readonly object[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { schema: object }>> }>
  >;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const cat = readRepositoryFile('examples/cat.jpg');
let service: TestApp;
let document: Document;
beforeAll(() => {
  service = testApp();
  document = openApiDocument(service.app) as Document;
});

const PATHS = [
  '/v2',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2/models/stats',
  ...['', '/ready', '/config', '/stats'].flatMap((suffix) => [
    `/v2/models/{name}${suffix}`,
    `/v2/models/{name}/versions/{version}${suffix}`,
  ]),
];
const INFER = ['/v2/models/{name}/infer', '/v2/models/{name}/versions/{version}/infer'];
const real = (path: string) => path.replace('{name}', 'fake').replace('{version}', '9.9.9');

/** Whether an answer is what the document says, without fields that it does not describe. */
function expectDescribed(path: string, method: string, status: number, body: unknown): void {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema(document, 'openapi');
  const content = document.paths[path]?.[method]?.responses[status]?.content ?? {};
  expect(Object.keys(content), `${method} ${path} ${status}`).toContain('application/json');
  const schema = JSON.parse(
    JSON.stringify(content['application/json']?.schema).replaceAll('"#/', '"openapi#/'),
  );
  expect(ajv.validate(schema, body), ajv.errorsText()).toBe(true);
}

describe('the document', () => {
  test('describes all routes below /v2, and guards only those that classify', () => {
    const named = (guarded: boolean) =>
      Object.entries(document.paths)
        .filter(([path]) => path.startsWith('/v2'))
        .flatMap(([path, methods]) =>
          Object.entries(methods).flatMap(([method, { security }]) =>
            security.length > 0 === guarded ? [`${method} ${path}`] : [],
          ),
        )
        .sort();
    expect(named(true)).toEqual(INFER.map((path) => `post ${path}`).sort());
    expect(named(false)).toEqual([...PATHS.map((path) => `get ${path}`), 'post /v2/repository/index'].sort());
  });

  test.each(PATHS)('GET %s is described', async (path) => {
    await service.request('/predict', { method: 'POST', body: cat });
    const { status, json } = await send(service, real(path));
    expect(status).toBe(200);
    expectDescribed(path, 'get', 200, json);
  });

  test.each(INFER)('POST %s is described', async (path) => {
    const data = [Buffer.from(cat).toString('base64')];
    const init = inferInit({ id: '1', inputs: [{ name: 'image', datatype: 'BYTES', shape: [1], data }] });
    const photoPath = real(path).replace('fake', 'fake-image');
    expectDescribed(path, 'post', 200, (await send(service, photoPath, init)).json);
    const wrong = await send(service, photoPath, inferInit({}));
    expectDescribed(path, 'post', wrong.status, wrong.json);
  });

  test('POST /v2/repository/index is described', async () => {
    const { json } = await send(service, '/v2/repository/index', { method: 'POST', body: '{}' });
    expectDescribed('/v2/repository/index', 'post', 200, json);
  });
});
