import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../support/openapi.ts';
import { type HostileService, head, startHostileService, talk } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
});
afterAll(() => service.stop());

test.each([
  ['no request at all', 'hello\r\n\r\n', 400, 'invalid_request'],
  ['no Host', 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'invalid_request'],
  [
    'two Hosts',
    'GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n',
    400,
    'invalid_request',
  ],
  [
    'a Host that is none',
    'GET /health HTTP/1.1\r\nhost: a b/@:x\r\nconnection: close\r\n\r\n',
    400,
    'invalid_request',
  ],
  ['HTTP/0.9', 'GET /health\r\n\r\n', 400, 'invalid_request'],
  ['headers of 20 KB', head('GET', '/health', [['x', 'x'.repeat(20_000)]]), 431, 'headers_too_large'],
  ['another expectation', head('POST', '/predict', [['expect', '42']]), 417, 'expectation_failed'],
  [
    'a chunk without a size',
    `${head('POST', '/predict', [['transfer-encoding', 'chunked']])}zz\r\n`,
    400,
    'invalid_request',
  ],
] as const)('what the HTTP parser refuses is a problem: %s', async (_what, request, status, code) => {
  const { text, json, status: answered } = await talk(service.port, [request]);
  expectProblem({ status: answered, mediaType: 'application/problem+json', body: json }, status, code);
  expect(text).toMatch(/^content-type: application\/problem\+json\r$/im);
  expect(text.match(/^x-request-id: (.*)\r$/im)?.[1]).toBe((json as { request_id: string }).request_id);
});

test('HTTP/1.0, which has no Host header, is served', async () => {
  expect((await talk(service.port, ['GET /health HTTP/1.0\r\n\r\n'])).status).toBe(200);
});

test('a body that is announced as too large is refused before it is requested', async () => {
  const { text } = await talk(service.port, [
    head('POST', '/predict', [
      ['content-length', '30000000'],
      ['expect', '100-continue'],
    ]),
  ]);
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).not.toContain('100 Continue');
});
