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
