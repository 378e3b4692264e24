import type { RequestListener } from 'node:http';
import { getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type GuardDependencies,
  type Resolver,
  type UrlFetchSettings,
  withoutQuery,
} from '../../../lambda/fetch/fetch.ts';
import { collectingFetcher, type Loopback, serve, serveRaw } from './loopback.ts';

const LOOPBACK = '127.0.0.1';
const IMAGE = Uint8Array.from({ length: 300 }, (_, index) => index % 256);

const SETTINGS: UrlFetchSettings = {
  allowHttp: true,
  accept: 'image/*',
  maxBytes: 1_000,
  totalTimeoutMs: 5_000,
  idleTimeoutMs: 5_000,
  maxRedirects: 3,
};

/** A fetcher for which every name resolves to the loopback server, and that address is allowed. */
function fetcher(
  settings: Partial<UrlFetchSettings> = {},
  dependencies: GuardDependencies = {},
): ReturnType<typeof collectingFetcher> {
  return collectingFetcher(
    { ...SETTINGS, ...settings },
    {
      resolve: async () => [{ address: LOOPBACK, family: 4 }],
      isAllowedAddress: (address) => address === LOOPBACK,
      isAllowedPort: () => true,
      ...dependencies,
    },
  );
}

const urlOf = (server: Loopback, path = '/cat.jpg'): string => `http://images.example:${server.port}${path}`;

const answering = (...rounds: string[][]): Resolver => {
  let round = 0;
  return vi.fn<Resolver>(async () => (rounds[round++] ?? []).map((address) => ({ address, family: 4 })));
};

/** Sends as many redirects as the number in the path, then the body. */
const redirecting: RequestListener = (request, response) => {
  const left = Number(request.url?.slice(1));
  if (left === 0) response.end(IMAGE);
  else response.writeHead(302, { location: `/${left - 1}` }).end('moved');
};

describe('the body of a URL', () => {
  it('is fetched, and the connection is closed', async () => {
    const server = await serve((_request, response) => response.end(IMAGE));
    expect(new Uint8Array(await fetcher()(urlOf(server)))).toEqual(IMAGE);
    await server.drained();
  });

  it('is fetched from a literal address', async () => {
    const server = await serve((_request, response) => response.end(IMAGE));
    const resolve = answering();
    const bytes = await fetcher({}, { resolve })(`http://0x7f.1:${server.port}/`);
    expect(bytes).toHaveLength(IMAGE.length);
    expect(resolve).not.toHaveBeenCalled();
  });

  it.each([true, false])(
    'is fetched from a name with several addresses (tried in turn: %s)',
    async (inTurn) => {
      const server = await serve((_request, response) => response.end(IMAGE));
      const standard = getDefaultAutoSelectFamily();
      onTestFinished(() => setDefaultAutoSelectFamily(standard));
      setDefaultAutoSelectFamily(inTurn);
      const resolve = answering(inTurn ? ['127.0.0.2', LOOPBACK] : [LOOPBACK, '127.0.0.2']);
      const isAllowedAddress = (address: string): boolean => address.startsWith('127.0.0.');
      expect(await fetcher({}, { resolve, isAllowedAddress })(urlOf(server))).toHaveLength(IMAGE.length);
    },
  );

  it('is requested without any information about the client', async () => {
    const seen = vi.fn();
    const server = await serve((request, response) => {
      seen(request.method, request.url, request.headers);
      response.end(IMAGE);
    });
    await fetcher()(urlOf(server, '/a%20b/cät.jpg?size=1&x=%2F#fragment'));
    expect(seen).toHaveBeenCalledExactlyOnceWith('GET', '/a%20b/c%C3%A4t.jpg?size=1&x=%2F', {
      host: `images.example:${server.port}`,
      connection: 'close',
      'user-agent': 'resnet50-serverless',
      accept: 'image/*',
      'accept-encoding': 'identity',
    });
  });

  it('may have exactly the maximum number of bytes, in one piece or in chunks', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/chunked') response.write(IMAGE.subarray(0, 100));
      response.end(request.url === '/chunked' ? IMAGE.subarray(100) : IMAGE);
    });
    const fetchUrl = fetcher({ maxBytes: IMAGE.length });
    expect(await fetchUrl(urlOf(server, '/whole'))).toHaveLength(IMAGE.length);
    expect(await fetchUrl(urlOf(server, '/chunked'))).toHaveLength(IMAGE.length);
  });
});

describe('too many bytes', () => {
  it('are refused by their Content-Length, before the body', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1_001 }).flushHeaders();
    });
    await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
      code: 'image_too_large',
      detail: expect.stringContaining('1000 bytes'),
    });
    await server.drained();
  });

  it('are refused while they arrive, from a host that never stops', async () => {
    const server = await serve((_request, response) => {
      const more = (): void => void response.write(IMAGE, () => setImmediate(more));
      more();
    });
    await expect(fetcher()(urlOf(server))).rejects.toMatchObject({ code: 'image_too_large' });
    await server.drained();
  });
});

describe('a redirect', () => {
  it('is followed three times but not a fourth', async () => {
    const server = await serve(redirecting);
    expect(await fetcher()(urlOf(server, '/3'))).toHaveLength(IMAGE.length);
    expect(server.connections()).toBe(4);
    await expect(fetcher()(urlOf(server, '/4'))).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: expect.stringContaining('more than 3 times'),
    });
    expect(server.connections()).toBe(8);
    await server.drained();
  });

  it.each([301, 302, 303, 307, 308])(
    'with status %i is followed, relative to the URL it came from',
    async (status) => {
      const server = await serve((request, response) => {
        if (request.url === '/a/c.jpg?d') response.end(IMAGE);
        else response.writeHead(status, { location: '../a/c.jpg?d#e' }).end();
      });
      expect(await fetcher()(urlOf(server, '/b/x'))).toHaveLength(IMAGE.length);
    },
  );

  it.each([
    ['http://169.254.169.254/latest/meta-data/'],
    ['http://2852039166/'],
    ['http://[::1]/'],
    ['//10.0.0.1/'],
    ['http://localhost/'],
    ['http://user:pw@images.example/'],
    ['file:///etc/passwd'],
    ['gopher://images.example/'],
    ['data:image/png;base64,iVBORw0KGgo='],
  ])('to %s is refused', async (location) => {
    const server = await serve((_request, response) => response.writeHead(302, { location }).end());
    await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
      code: 'url_not_allowed',
      detail: expect.stringMatching(/^A redirect of the URL must /),
    });
    expect(server.connections()).toBe(1);
    await server.drained();
  });

  it('to another port is refused', async () => {
    const inner = await serve((_request, response) => response.end(IMAGE));
    const outer = await serve((_request, response) =>
      response.writeHead(302, { location: urlOf(inner) }).end(),
    );
    const fetchUrl = fetcher({}, { isAllowedPort: (port) => port === outer.port });
    await expect(fetchUrl(urlOf(outer))).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(inner.connections()).toBe(0);
  });

  it('to a name with a private address is refused', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://inside.example/' }).end(),
    );
    const resolve = vi.fn<Resolver>(async (hostname) => [
      { address: hostname === 'inside.example' ? '10.0.0.1' : LOOPBACK, family: 4 },
    ]);
    await expect(fetcher({}, { resolve })(urlOf(server))).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(resolve).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['no Location header', []],
    ['a Location header that is not a URL', ['location', 'http://[']],
  ] satisfies [string, string[]][])('with %s is url_fetch_failed', async (_case, headers) => {
    const server = await serve((_request, response) => response.writeHead(302, headers).end());
    await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: expect.stringContaining('status 302'),
    });
  });
});

describe('a name whose answer changes (DNS rebinding)', () => {
  it('is resolved once, and the socket connects to the address that was checked', async () => {
    const server = await serve((_request, response) => response.end(IMAGE));
    const resolve = answering([LOOPBACK], ['10.0.0.1']);
    expect(await fetcher({}, { resolve })(urlOf(server))).toHaveLength(IMAGE.length);
    expect(resolve).toHaveBeenCalledOnce();
  });

  it('never connects to the private address of a later answer', async () => {
    const inside = await serve((_request, response) => response.end(IMAGE));
    const resolve = answering(['127.0.0.2'], [LOOPBACK], [LOOPBACK]);
    // Nothing listens on the address that is allowed here. The private server listens on the other one.
    const fetchUrl = fetcher(
      { totalTimeoutMs: 500 },
      { resolve, isAllowedAddress: (address) => address === '127.0.0.2' },
    );
    await expect(fetchUrl(urlOf(inside))).rejects.toMatchObject({ name: 'ServiceError' });
    await expect(fetchUrl(urlOf(inside))).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(inside.connections()).toBe(0);
  });

  it('is checked again for every request and every redirect, as no connection is kept', async () => {
    const server = await serve(redirecting);
    const redirected = answering([LOOPBACK], ['10.0.0.1']);
    await expect(fetcher({}, { resolve: redirected })(urlOf(server, '/1'))).rejects.toMatchObject({
      code: 'url_not_allowed',
    });
    const fetchUrl = fetcher({}, { resolve: answering([LOOPBACK], ['10.0.0.1']) });
    await fetchUrl(urlOf(server, '/0'));
    await expect(fetchUrl(urlOf(server, '/0'))).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(server.connections()).toBe(2);
  });

  it('is refused if any of its addresses is private, even if the first is not', async () => {
    const server = await serve((_request, response) => response.end(IMAGE));
    const fetchUrl = fetcher({}, { resolve: answering([LOOPBACK, '10.0.0.1']) });
    await expect(fetchUrl(urlOf(server))).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect(server.connections()).toBe(0);
  });

  it('gets no request if the socket is connected to an address that is not allowed', async () => {
    const onRequest = vi.fn();
    const server = await serve(onRequest);
    const isAllowedAddress = vi.fn<(address: string) => boolean>(() => false).mockReturnValueOnce(true);
    await expect(fetcher({}, { isAllowedAddress })(urlOf(server))).rejects.toMatchObject({
      code: 'url_not_allowed',
    });
    await server.drained();
    expect(isAllowedAddress.mock.calls).toEqual([[LOOPBACK], [LOOPBACK]]);
    expect(onRequest).not.toHaveBeenCalled();
  });
});

describe('a host that fails', () => {
  it.each([201, 204, 206, 304, 400, 403, 404, 418, 500, 503])(
    'with status %i is reported',
    async (status) => {
      const server = await serve((_request, response) => response.writeHead(status).end());
      await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
        code: 'url_fetch_failed',
        detail: `Expected status 200 from the host, got ${status}.`,
      });
      await server.drained();
    },
  );

  it.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip', 'x-unknown'])(
    'with content encoding %s is refused',
    async (encoding) => {
      const server = await serve((_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(IMAGE),
      );
      await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
        code: 'url_fetch_failed',
        detail: expect.stringContaining('content encoding'),
      });
      await server.drained();
    },
  );

  it('with content encoding identity is accepted', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': ' Identity' }).end(IMAGE),
    );
    expect(await fetcher()(urlOf(server))).toHaveLength(IMAGE.length);
  });

  it('with an empty body is url_fetch_failed', async () => {
    const server = await serve((_request, response) => response.end());
    await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: expect.stringContaining('empty one'),
    });
  });

  it.each([
    ['closing in the middle of a body', 'HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\nhalf'],
    ['closing in the middle of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf'],
    ['closing in the middle of its headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['closing without a response', ''],
    ['not speaking HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['switching protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['sending endless headers', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`],
  ])('by %s is url_fetch_failed, with our own message', async (_case, answer) => {
    const server = await serveRaw((socket) => socket.end(answer));
    await expect(fetcher()(urlOf(server))).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: 'The host closed the connection before its response was complete.',
      cause: expect.any(Error),
    });
    await server.drained();
  });

  it('at a literal IPv6 address is reported', async () => {
    const fetchUrl = fetcher({}, { isAllowedAddress: (address) => address === '::1' });
    await expect(fetchUrl('http://[0:0::1]:1/')).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: 'Could not open a connection to the host of the URL.',
    });
  });

  it('by refusing the connection is url_fetch_failed', async () => {
    const fetchUrl = fetcher();
    await expect(fetchUrl('http://images.example:1/')).rejects.toMatchObject({
      code: 'url_fetch_failed',
      detail: 'Could not open a connection to the host of the URL.',
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('a host that is slow', () => {
  it('times out if nothing arrives: no address, no response, or no more of the body', async () => {
    const silent = await serve(() => {});
    const stalling = await serve((_request, response) => void response.write(IMAGE));
    const settings = { idleTimeoutMs: 40 };
    const timeout = { code: 'url_timeout', detail: 'The host sent nothing for 40 ms.' };
    const never: Resolver = () => new Promise(() => {});
    await expect(fetcher(settings, { resolve: never })(urlOf(silent))).rejects.toMatchObject(timeout);
    await expect(fetcher(settings)(urlOf(silent))).rejects.toMatchObject(timeout);
    await expect(fetcher(settings)(urlOf(stalling))).rejects.toMatchObject(timeout);
    await Promise.all([silent.drained(), stalling.drained()]);
  });

  it('does not time out while data arrives', async () => {
    const server = await serve((_request, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        if (++sent < 12) response.write(IMAGE.subarray(0, 10));
        else {
          clearInterval(timer);
          response.end();
        }
      }, 25);
    });
    expect(await fetcher({ idleTimeoutMs: 200 })(urlOf(server))).toHaveLength(110);
  });

  it('does not time out while redirects arrive', async () => {
    const server = await serve((request, response) => void setTimeout(redirecting, 100, request, response));
    expect(await fetcher({ idleTimeoutMs: 300 })(urlOf(server, '/3'))).toHaveLength(IMAGE.length);
  });

  it('times out in the end, even if data keeps arriving', async () => {
    const server = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    await expect(fetcher({ totalTimeoutMs: 80 })(urlOf(server))).rejects.toMatchObject({
      code: 'url_timeout',
      detail: expect.stringContaining('80 ms'),
    });
    await server.drained();
  });

  it('has one time limit for all its redirects', async () => {
    const server = await serve((_request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/' }).end(), 20);
    });
    await expect(fetcher({ totalTimeoutMs: 100, maxRedirects: 1_000 })(urlOf(server))).rejects.toMatchObject({
      code: 'url_timeout',
    });
    await server.drained();
  });
});

describe('the timers of a fetch', () => {
  it('are cleared however the fetch ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await serve((request, response) =>
      response.writeHead(request.url === '/cat.jpg' ? 200 : 404).end(IMAGE),
    );
    await fetcher()(urlOf(server));
    await expect(fetcher()(urlOf(server, '/dog.jpg'))).rejects.toMatchObject({ code: 'url_fetch_failed' });
    await expect(fetcher()('not a URL')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the signal of the caller', () => {
  it('ends the request at any point', async () => {
    const silent = await serve(() => {});
    const stalling = await serve((_request, response) => void response.write(IMAGE));
    for (const server of [silent, stalling]) {
      const caller = new AbortController();
      const fetching = fetcher()(urlOf(server), caller.signal);
      setTimeout(() => caller.abort(new Error('The client left.')), 40);
      await expect(fetching).rejects.toThrow('The client left.');
      expect(server.connections()).toBe(1);
      await server.drained();
    }
  });

  it('prevents the request if it has already aborted', async () => {
    const resolve = answering();
    const fetching = fetcher({}, { resolve })(
      'http://images.example/',
      AbortSignal.abort(new Error('Too late.')),
    );
    await expect(fetching).rejects.toThrow('Too late.');
    expect(resolve).not.toHaveBeenCalled();
  });
});

describe('withoutQuery', () => {
  it.each([
    ['https://example.com/cat.jpg?X-Amz-Signature=secret', 'https://example.com/cat.jpg'],
    ['https://me:pw@example.com:8443/cat.jpg?a=1#b', 'https://example.com:8443/cat.jpg'],
    ['https://example.com#secret', 'https://example.com/'],
    ['http://[::1]/x', 'http://[::1]/x'],
    ['data:image/png;base64,c2VjcmV0', 'data:'],
    ['mailto:me@example.com?body=secret', 'mailto:'],
    ['not a url?secret', '(not a URL)'],
  ])('shows %s as %s', (url, shown) => {
    expect(withoutQuery(url)).toBe(shown);
  });
});
