import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { gatewayProblems } from '../../lib/constructs/api/gateway-problems.ts';
import { testApp } from '../support/app.ts';
import { readRepositoryFile } from '../support/model.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, ProblemResponse>>;
}

interface ProblemResponse {
  readonly description: string;
  readonly headers: object;
  readonly content: Readonly<
    Record<string, { readonly examples: Readonly<Record<string, { readonly value: object }>> }>
  >;
}

interface Document {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, object>> };
}

async function documentOf(AUTH?: string): Promise<Document> {
  const { request } = testApp({}, AUTH === undefined ? {} : { AUTH });
  return (await (await request('/openapi.json')).json()) as Document;
}

const operationsOf = ({ paths }: Document) =>
  Object.values(paths).flatMap((methods) => Object.entries(methods));

/**
 * Jobs are, and every POST, apart from the one that lists the models of the Open Inference Protocol.
 */
const isGuarded = (method: string, { operationId }: Operation): boolean =>
  (method === 'post' && operationId !== 'protocolIndex') ||
  ['job', 'cancelJob', 'jobResults'].includes(operationId);

test('an open route is refused only by the firewall', async () => {
  for (const [method, operation] of operationsOf(await documentOf())) {
    const { responses } = operation;
    const { description = '' } = responses[403] ?? {};
    if (!isGuarded(method, operation))
      expect(description).toMatch(/^`forbidden`: A firewall rule blocked the request\./);
    expect(Object.keys(responses).includes('401')).toBe(isGuarded(method, operation));
  }
});

test('without AUTH, the service serves the committed document', async () => {
  const committed = JSON.parse(Buffer.from(readRepositoryFile('docs/openapi.json')).toString());
  expect(await documentOf()).toEqual(committed);
});

describe.each([
  [
    'api-key',
    { apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: expect.any(String) } },
    /requires an API key/,
    /^`forbidden`: The API key is/,
  ],
  [
    'iam',
    {
      sigv4: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        'x-amazon-apigateway-authtype': 'awsSigv4',
        description: expect.stringContaining('execute-api'),
      },
    },
    /signed with AWS credentials/,
    /^`forbidden`: The signature is/,
  ],
  [
    'jwt',
    { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: expect.any(String) } },
    /requires a bearer token/,
    /^`forbidden`: The access token does not allow this/,
  ],
] as const)('with AUTH=%s', (auth, schemes, says, refused) => {
  test('the document is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate({ ...(await documentOf(auth)) });
    expect(valid ? [] : errors).toEqual([]);
  });

  test('the document names the one scheme, and says in words that it is required', async () => {
    const document = await documentOf(auth);
    expect(document.components.securitySchemes).toEqual(schemes);
    expect(document.info.description).toMatch(says);
  });

  test('predictions and jobs require the scheme, and everything else is open', async () => {
    const [name = ''] = Object.keys(schemes);
    for (const [method, operation] of operationsOf(await documentOf(auth))) {
      expect(operation.security).toEqual(isGuarded(method, operation) ? [{ [name]: [] }] : []);
    }
  });

  test('predictions are refused as the gateway of such a stage refuses them', async () => {
    const { paths } = await documentOf(auth);
    const answers = [...gatewayProblems(auth).values()].map(({ body }) => body);
    for (const path of ['/predict', '/predict/url', '/predict/batch']) {
      const { 401: unauthorized, 403: forbidden } = paths[path]?.['post']?.responses ?? {};
      expect(unauthorized !== undefined).toBe(auth === 'jwt');
      expect(forbidden?.description).toMatch(refused);
      expect(forbidden?.description.includes('url_not_allowed')).toBe(path === '/predict/url');
      for (const [code, response] of [
        ['unauthorized', unauthorized],
        ['forbidden', forbidden],
      ] as const) {
        if (!response) continue;
        const { value } = response.content['application/problem+json']?.examples[code] ?? {};
        expect(answers).toContainEqual({ ...value, request_id: '$context.requestId' });
      }
    }
  });

  test('the service itself asks for nothing', async () => {
    const { request } = testApp({}, { AUTH: auth });
    const response = await request('/predict', {
      method: 'POST',
      body: readRepositoryFile('examples/cat.jpg'),
    });
    expect(response.status).toBe(200);
  });
});

test.each([
  ['api-key', ['x-api-key']],
  ['iam', ['authorization', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token']],
  ['jwt', ['authorization']],
])('pages of other origins may send what AUTH=%s requires', async (auth, names) => {
  const origin = 'https://app.example.com';
  const { request } = testApp({}, { AUTH: auth, CORS_ORIGINS: origin });
  const headers = { origin, 'access-control-request-method': 'POST' };
  const response = await request('/predict', { method: 'OPTIONS', headers });
  const allowed = response.headers.get('access-control-allow-headers')?.split(/, */).sort();
  const ofBodies = ['content-encoding', 'content-type', 'inference-header-content-length'];
  expect(allowed).toEqual([...ofBodies, 'idempotency-key', 'x-no-capture', 'x-request-id', ...names].sort());
});
