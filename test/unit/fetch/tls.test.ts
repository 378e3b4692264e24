import { createServer } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collectingFetcher, serveRaw, watch } from './loopback.ts';
import { selfSigned } from './self-signed.ts';

const LOOPBACK = '127.0.0.1';
const UNTRUSTED = {
  code: 'url_fetch_failed',
  detail: 'Could not open a TLS connection with a trusted certificate to the host of the URL.',
  cause: expect.any(Error),
};

const certificate = selfSigned('images.example');
const systemCertificates = getCACertificates();

const fetcher = (allowHttp = false) =>
  collectingFetcher(
    {
      allowHttp,
      accept: 'image/*',
      maxBytes: 1_000,
      totalTimeoutMs: 5_000,
      idleTimeoutMs: 5_000,
      maxRedirects: 3,
    },
    {
      resolve: async () => [{ address: LOOPBACK, family: 4 }],
      isAllowedAddress: (address) => address === LOOPBACK,
      isAllowedPort: () => true,
    },
  );

async function serveTls() {
  const onRequest = vi.fn();
  const onServerName = vi.fn((_name: string, done: (error: null) => void) => done(null));
  const server = createServer({ ...certificate, SNICallback: onServerName }, (request, response) => {
    onRequest();
    const location = new URL(request.url ?? '', 'https://images.example').searchParams.get('to');
    if (location === null) response.end('image');
    else response.writeHead(302, { location }).end();
  });
  return { ...(await watch(server)), onRequest, onServerName };
}

describe('TLS', () => {
  afterEach(() => {
    setDefaultCACertificates(systemCertificates);
    vi.unstubAllEnvs();
  });

  it('is used if the host has a trusted certificate for its name, and sends the name (SNI)', async () => {
    setDefaultCACertificates([certificate.cert]);
    const server = await serveTls();
    const bytes = await fetcher()(`https://images.example:${server.port}/`);
    expect(Buffer.from(bytes).toString()).toBe('image');
    expect(server.onServerName).toHaveBeenCalledExactlyOnceWith('images.example', expect.any(Function));
    await server.drained();
  });

  it('is refused if the certificate is not trusted, and no request is sent', async () => {
    const server = await serveTls();
    await expect(fetcher()(`https://images.example:${server.port}/`)).rejects.toMatchObject(UNTRUSTED);
    await server.drained();
    expect(server.onRequest).not.toHaveBeenCalled();
  });

  it('is verified even if the environment switches that off', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await serveTls();
    await expect(fetcher()(`https://images.example:${server.port}/`)).rejects.toMatchObject(UNTRUSTED);
    expect(server.onRequest).not.toHaveBeenCalled();
  });

  it.each(['other.example', LOOPBACK])('is refused if the certificate is not for %s', async (host) => {
    setDefaultCACertificates([certificate.cert]);
    const server = await serveTls();
    await expect(fetcher()(`https://${host}:${server.port}/`)).rejects.toMatchObject(UNTRUSTED);
    expect(server.onRequest).not.toHaveBeenCalled();
  });

  it('is kept across redirects unless the setting allows http', async () => {
    setDefaultCACertificates([certificate.cert]);
    const server = await serveTls();
    const plain = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nplain'));
    const url = `https://images.example:${server.port}/?to=http://images.example:${plain.port}/`;
    await expect(fetcher()(url)).rejects.toMatchObject({
      code: 'url_not_allowed',
      detail: 'A redirect of the URL must use https.',
    });
    expect(plain.connections()).toBe(0);
    expect(Buffer.from(await fetcher(true)(url)).toString()).toBe('plain');
  });

  it('is refused if the host does not speak TLS', async () => {
    const server = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(fetcher()(`https://images.example:${server.port}/`)).rejects.toMatchObject(UNTRUSTED);
    await server.drained();
  });

  it('is given up when the caller aborts, and the socket is closed', async () => {
    const server = await serveRaw(() => {});
    const caller = new AbortController();
    setTimeout(() => caller.abort(new Error('The client left.')), 40);
    await expect(fetcher()(`https://images.example:${server.port}/`, caller.signal)).rejects.toThrow(
      'The client left.',
    );
    expect(server.connections()).toBe(1);
    await server.drained();
  });
});
