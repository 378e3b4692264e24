import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cat, expectRefused, type HostileService, head, raw, startHostileService, talk } from './support.ts';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

describe('the query', () => {
  test.each([
    'top_k=1&top_k=2',
    'top_k[]=1',
    'top_k=%ZZ',
    'top_k=%00',
    'top_k=%',
    'top_k=5%0d%0aset-cookie:%20a=b',
    'top_k=٥',
    'top_k=5%20',
    'top_k=0x5',
    'top_k=1e1',
    'top_k=-0',
    `top_k=${'9'.repeat(5000)}`,
    '%ZZ=1',
    '%00=1',
    '__proto__=1',
    'constructor=1',
    '__proto__[top_k]=1',
    '&&&&==&=',
    `${'a'.repeat(10_000)}=1`,
    Array.from({ length: 1500 }, (_, index) => `a${index}=1`).join('&'),
  ])('%s', async (query) => {
    const answer = await service.post(`/predict?${query}`, raw(cat));
    if (answer.status !== 200) expectRefused(answer, 'invalid_request');
    expect(JSON.stringify(answer.body).length).toBeLessThan(5000);
  });

  test('100 KB are refused by the HTTP parser', async () => {
    const answer = await talk(service.port, [head('POST', `/predict?a=${'x'.repeat(100_000)}`, [])]);
    expect(answer.status).toBe(431);
  });
});

describe('a Host header', () => {
  test.each(['1.2.3.4.5', '127.999.1.1', '256.256.256.256', '08', 'a.1', '1..2', '4294967296'])(
    'of the wrong IPv4 address %s is refused',
    async (host) => {
      for (const path of ['/predict?top_k=1', '/model?x=1', '/metrics', '/live/events']) {
        const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        expect((await talk(service.port, [request])).status, path).toBe(400);
      }
    },
  );
});

describe('paths', () => {
  test.each([
    '/%ZZ',
    '/%00',
    '/%',
    '//',
    '//predict',
    '/predict%2furl',
    '/./predict/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/docs/..%2f..%2fpackage.json',
    '/docs/swagger-ui.js/..',
    '/\\..\\..\\package.json',
    '/__proto__',
    '/constructor',
    `/${'a/'.repeat(5000)}`,
    'http://other.example/health',
    '*',
    'predict',
  ])('%s', async (path) => {
    const answer = await talk(service.port, [head('GET', path, [])]);
    expect([200, 400, 404, 405]).toContain(answer.status);
    expect(answer.text).not.toContain('"private": true');
    if (answer.json) expect(answer.json).not.toMatchObject({ code: 'internal' });
  });
});

describe('headers', () => {
  test.each([
    'a\r\n set-cookie: a=b',
    '<script>alert(1)</script>',
    'x'.repeat(8000),
    '../../../etc/passwd',
    '\u0080\u00ff'.repeat(20),
    '%{jndi:ldap://a.example/}',
  ])('x-request-id %j is not echoed', async (id) => {
    const answer = await talk(service.port, [
      Buffer.from(head('GET', '/health', [['x-request-id', id]]), 'latin1'),
    ]);
    // Node itself refuses a folded line.
    expect([200, 400]).toContain(answer.status);
    expect(answer.text).not.toMatch(/^set-cookie/im);
    expect(answer.text).not.toContain(id);
    if (answer.status === 200) expect(answer.text).toMatch(/^x-request-id: [0-9a-f-]{36}\r$/im);
  });

  test.each([
    ['8 KB', `image/jpeg; a=${'x'.repeat(8000)}`],
    ['8 KB of slashes', '/'.repeat(8000)],
    ['a form of 8 KB', `multipart/form-data; ${'a=b; '.repeat(1600)}`],
    ['JSON of 8 KB', `application/json; charset=${'x'.repeat(8000)}`],
    ['nothing', ''],
    ['bytes above 127', '\u00e9\u00ff'],
    ['a form with bytes above 127', 'multipart/form-data; boundary=\u00e9\u00ff'],
    ['two types', 'multipart/form-data, application/json'],
    ['any +json', 'x/y+json'],
  ])('a content type of %s', async (_what, type) => {
    const answer = await talk(service.port, [
      Buffer.from(
        head('POST', '/predict', [
          ['content-type', type],
          ['content-length', String(cat.byteLength)],
        ]),
        'latin1',
      ),
      cat,
    ]);
    expect([200, 400]).toContain(answer.status);
  });

  test.each([
    ['no host', 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n', [400]],
    ['two hosts', 'GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n', [200, 400]],
    ['a host that is none', 'GET /health HTTP/1.1\r\nhost: a b/@:x\r\nconnection: close\r\n\r\n', [400]],
    ['an empty host', 'GET /health HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n', [200, 400]],
    ['HTTP/1.0 without a host', 'GET /health HTTP/1.0\r\n\r\n', [200, 400]],
    ['HTTP/0.9', 'GET /health\r\n\r\n', [400]],
    ['HTTP/9.9', 'GET /health HTTP/9.9\r\nhost: a\r\n\r\n', [400, 505]],
    ['a fragment before the query', head('GET', '/health#?a=b', []), [400]],
    ['a fragment after the query', head('GET', '/health?#a', []), [400]],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
    ['a name with a space', head('GET', '/health', [['a b', 'c']]), [400]],
    ['a value with NUL', head('GET', '/health', [['a', 'b\0c']]), [400]],
    ['a header of 100 KB', head('GET', '/health', [['a', 'b'.repeat(100_000)]]), [431]],
    [
      '5000 headers',
      head(
        'GET',
        '/health',
        Array.from({ length: 5000 }, () => ['a', 'b'] as const),
      ),
      [200, 431],
    ],
    ['expect: the impossible', head('POST', '/predict', [['expect', '42']]), [400, 417]],
    ['an upgrade', head('GET', '/health', [['upgrade', 'websocket']]), [200, 400]],
    ['an upgrade to HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 405, 505]],
  ])('%s', async (_what, request, statuses) => {
    expect(statuses).toContain((await talk(service.port, [request])).status);
  });
});

describe('methods', () => {
  test.each(['TRACE', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'M-SEARCH', 'PURGE', 'LINK'])(
    '%s /predict is refused',
    async (method) => {
      const answer = await talk(service.port, [head(method, '/predict', [])]);
      expect([400, 404, 405, 501]).toContain(answer.status);
    },
  );

  test.each(['GET', 'HEAD'])('%s with a body', async (method) => {
    const answer = await talk(service.port, [head(method, '/health', [['content-length', '5']]), 'hello']);
    expect([200, 400]).toContain(answer.status);
  });

  test('CONNECT gets no tunnel', async () => {
    const answer = await talk(service.port, ['CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: 127.0.0.1:22\r\n\r\n']);
    expect([0, 400, 404, 405]).toContain(answer.status);
  });

  test('an unknown method', async () => {
    expect((await talk(service.port, [head('HACK', '/predict', [])])).status).toBe(400);
  });
});
