import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import type { Resolver } from '../../../lambda/fetch/fetch.ts';
import { checkUrl, type GuardDependencies } from '../../../lambda/fetch/guard.ts';
import { createUrlPoster, type UrlPostSettings } from '../../../lambda/fetch/post.ts';
import { type Loopback, serve, serveRaw } from './loopback.ts';

const LOOPBACK = '127.0.0.1';
const BODY = Buffer.from('{"text":"grün"}');
const REQUEST = { headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' }, body: BODY };
const SETTINGS: UrlPostSettings = { allowHttp: true, subject: 'The URL of the webhook', timeoutMs: 5_000 };

/** A poster for which every name resolves to the loopback server, and that address is allowed. */
function poster(settings: Partial<UrlPostSettings> = {}, dependencies: GuardDependencies = {}) {
  const post = createUrlPoster(
    { ...SETTINGS, ...settings },
    {
      resolve: async () => [{ address: LOOPBACK, family: 4 }],
      isAllowedAddress: (address) => address === LOOPBACK,
      isAllowedPort: () => true,
      ...dependencies,
    },
  );
  return (url: string, signal?: AbortSignal) => post(url, REQUEST, signal);
}

const urlOf = (server: Loopback, path = '/hook'): string => `http://hooks.example:${server.port}${path}`;

describe('a body', () => {
  it('is sent once, with its length and nothing about the client, and the connection is closed', async () => {
    const received: unknown[] = [];
    const server = await serve(async (request: IncomingMessage, response) => {
      received.push([request.method, request.url, request.headers, (await buffer(request)).toString()]);
      response.writeHead(204).end();
    });
    expect(await poster()(urlOf(server, '/a%20b?token=1#c'))).toBe(204);
    expect(received).toEqual([
      [
        'POST',
        '/a%20b?token=1',
        {
          host: `hooks.example:${server.port}`,
          connection: 'close',
          'content-type': 'application/json',
          'content-length': String(BODY.byteLength),
          'webhook-id': 'msg_1',
          'user-agent': 'resnet50-serverless',
          'accept-encoding': 'identity',
        },
        BODY.toString(),
      ],
    ]);
    await server.drained();
  });

  it.each([200, 202, 299, 304, 400, 404, 410, 429, 500, 503])(
    'that is answered with %i gives that status',
    async (status) => {
      const server = await serve((_request, response) => response.writeHead(status).end());
      expect(await poster()(urlOf(server))).toBe(status);
      await server.drained();
    },
  );

  it.each([301, 302, 303, 307, 308])('is not sent on to the target of a %i', async (status) => {
    const inside = vi.fn<RequestListener>((_request, response) => response.end());
    const target = await serve(inside);
    const location = `http://${LOOPBACK}:${target.port}/latest/meta-data/`;
    const server = await serve((_request, response) => response.writeHead(status, { location }).end());
    expect(await poster()(urlOf(server))).toBe(status);
    expect(target.connections()).toBe(0);
    await server.drained();
  });
});

describe('a host that answers oddly', () => {
  it('before it has read the request has answered', async () => {
    const server = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    expect(await poster()(urlOf(server))).toBe(200);
    await server.drained();
  });

  it('with an endless body is cut off after the first bytes', async () => {
    let sent = 0;
    const server = await serve((_request, response) => {
      const more = (): void => {
        sent += 1024;
        response.write(Buffer.alloc(1024), () => setImmediate(more));
      };
      more();
    });
    expect(await poster()(urlOf(server))).toBe(200);
    await server.drained();
    expect(sent).toBeLessThan(10e6);
  });

  it.each([
    ['a body that is cut off', 'HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\nhalf'],
    ['a body that is not a valid chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno chunk'],
    ['a content encoding', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\ngzip'],
    ['an early hint', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ])('with %s has answered', async (_case, answer) => {
    const server = await serveRaw((socket) => socket.end(answer));
    expect(await poster()(urlOf(server))).toBe(200);
    await server.drained();
  });

  it('with a body that stops has answered when the time is over', async () => {
    const server = await serve((_request, response) => void response.write('half'));
    expect(await poster({ timeoutMs: 60 })(urlOf(server))).toBe(200);
    await server.drained();
  });
});

describe('a host without an answer', () => {
  it.each([
    ['closes at once', ''],
    ['closes in its headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['switches protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['sends endless headers', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`],
  ])('because it %s is url_fetch_failed', async (_case, answer) => {
    const server = await serveRaw((socket) => socket.end(answer));
    await expect(poster()(urlOf(server))).rejects.toMatchObject({ code: 'url_fetch_failed' });
    expect(server.connections()).toBe(1);
    await server.drained();
  });

  it.each([
    ['headers, a byte at a time', 'HTTP/1.1 200 OK\r\n', 'x'],
    ['informational responses', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('because it sends endless %s times out', async (_case, first, more) => {
    const server = await serveRaw((socket) => {
      socket.write(first);
      const timer = setInterval(() => socket.write(more), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await expect(poster({ timeoutMs: 80 })(urlOf(server))).rejects.toMatchObject({ code: 'url_timeout' });
    await server.drained();
  });

  it('because it does not speak TLS is url_fetch_failed', async () => {
    const server = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const url = `https://hooks.example:${server.port}/`;
    await expect(poster()(url)).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: expect.stringContaining('TLS'),
    });
    await server.drained();
  });

  it('is given up when the caller aborts, with the reason of the caller', async () => {
    const server = await serveRaw(() => {});
    const reason = new Error('The server stops.');
    const signal = AbortSignal.timeout(40);
    const controller = new AbortController();
    signal.addEventListener('abort', () => controller.abort(reason));
    await expect(poster()(urlOf(server), controller.signal)).rejects.toBe(reason);
    await server.drained();
  });
});

describe('the guard', () => {
  it('refuses a name whose address is private, now or later (DNS rebinding)', async () => {
    const server = await serve((_request, response) => response.end());
    const resolve = vi
      .fn<Resolver>(async () => [{ address: '10.0.0.1', family: 4 }])
      .mockResolvedValueOnce([{ address: LOOPBACK, family: 4 }]);
    const post = poster({}, { resolve });
    expect(await post(urlOf(server))).toBe(200);
    await expect(post(urlOf(server))).rejects.toMatchObject({
      code: 'url_not_allowed',
      detail: 'The URL of the webhook must point only to public addresses.',
    });
    expect(server.connections()).toBe(1);
  });

  it('sends nothing if the socket is connected to an address that is not allowed', async () => {
    const onRequest = vi.fn<RequestListener>();
    const server = await serve(onRequest);
    const isAllowedAddress = vi.fn<(address: string) => boolean>(() => false).mockReturnValueOnce(true);
    await expect(poster({}, { isAllowedAddress })(urlOf(server))).rejects.toMatchObject({
      code: 'url_not_allowed',
    });
    await server.drained();
    expect(onRequest).not.toHaveBeenCalled();
  });
});

const REFUSED = [
  ['hook', 'invalid_request'],
  ['//example.com/hook', 'invalid_request'],
  ['http://example.com/hook', 'url_not_allowed'],
  ['ftp://example.com/hook', 'url_not_allowed'],
  ['https://me:pw@example.com/', 'url_not_allowed'],
  ['https://example.com:8443/', 'url_not_allowed'],
  ['https://localhost/', 'url_not_allowed'],
  ['https://hooks.internal/', 'url_not_allowed'],
  ['https://169.254.169.254/latest/', 'url_not_allowed'],
  ['https://0x7f.1/', 'url_not_allowed'],
  ['https://[::ffff:10.0.0.1]/', 'url_not_allowed'],
] as const;

describe('with the checks of production', () => {
  it.each(REFUSED)('%s is %s, when it is checked and when it is used', async (url, code) => {
    const subject = 'The URL of the webhook';
    const expected = { code, detail: expect.stringContaining(subject) };
    const check = (): void => checkUrl(url, subject, { allowHttp: false });
    expect(check).toThrow(expect.objectContaining(expected));
    const resolve = vi.fn<Resolver>();
    const post = createUrlPoster({ ...SETTINGS, allowHttp: false }, { resolve });
    await expect(post(url, REQUEST)).rejects.toMatchObject(expected);
    expect(resolve).not.toHaveBeenCalled();
  });

  it.each(['https://example.com/hook?token=1', 'https://example.com:443/', 'https://1.1.1.1/'])(
    '%s may be used',
    (url) => {
      expect(() => checkUrl(url, 'The URL of the webhook', { allowHttp: false })).not.toThrow();
    },
  );

  it('http may be used where the setting allows it', () => {
    expect(() => checkUrl('http://example.com/', 'The URL', { allowHttp: true })).not.toThrow();
  });
});
