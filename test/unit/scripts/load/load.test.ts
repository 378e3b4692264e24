import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import { apiKey, NO_CREDENTIALS } from '../../../../scripts/lib/credentials/credentials.ts';
import { requireConsent } from '../../../../scripts/lib/load/consent.ts';
import { applyLoad, formatLoad, isClean } from '../../../../scripts/lib/load/load.ts';
import { requireReachable } from '../../../../scripts/lib/load/reachable.ts';
import { freePort } from '../../../../scripts/lib/system/free-port.ts';

describe('a service that may be loaded', () => {
  it.each(['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:9000'])(
    '%s, on this machine',
    (url) => {
      expect(() => requireConsent(url, false)).not.toThrow();
    },
  );

  it.each(['https://api.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com'])(
    '%s, only with --yes',
    (url) => {
      expect(() => requireConsent(url, false)).toThrow(UsageError);
      expect(() => requireConsent(url, true)).not.toThrow();
    },
  );
});

describe('a service that does not answer', () => {
  it('is one sentence that says what to do', async () => {
    const url = `http://127.0.0.1:${await freePort('127.0.0.1')}`;
    await expect(requireReachable(url)).rejects.toThrow(
      /ECONNREFUSED.*\. Start the service with npm start, or/,
    );
    await expect(requireReachable('http://service.invalid')).rejects.toThrow(
      /Check --url and the network\.$/,
    );
  });

  it('is not one that answers with an error', async () => {
    const server = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(requireReachable(`http://127.0.0.1:${port}`)).resolves.toBeUndefined();
    server.close();
  });
});

describe('a load', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('sends the key and the photo, counts answers by status, and is clean only with 200', async () => {
    const seen = { count: 0, key: '', bytes: 0 };
    const server = createServer((request, response) => {
      seen.key = String(request.headers['x-api-key']);
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => {
        seen.bytes = bytes;
        seen.count += 1;
        response.statusCode = seen.count === 2 ? 429 : 200;
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;

    const result = await applyLoad({
      target: { url: `http://127.0.0.1:${port}`, credentials: apiKey('k', 'the key') },
      requestsPerSecond: 4,
      seconds: 2,
    });
    expect(seen).toMatchObject({ key: 'k', bytes: 35_042 });
    expect(result).toMatchObject({ statuses: { 200: 7, 429: 1 }, unanswered: 0, heldBack: 0 });
    expect(isClean(result)).toBe(false);
    expect(formatLoad(result)).toMatch(/^7 × 200, 1 × 429\np50 [\d.]+ ms, p95/);
  });

  it('counts requests without an answer', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const result = await applyLoad({
      target: { url, credentials: NO_CREDENTIALS },
      requestsPerSecond: 5,
      seconds: 1,
    });
    expect(result).toMatchObject({ statuses: {}, unanswered: 5 });
    expect(isClean(result)).toBe(false);
  });
});
