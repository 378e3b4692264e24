import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/command.ts';
import { applyLoad, formatLoad, isClean } from '../../../../scripts/lib/load/load.ts';
import { readLoad } from '../../../../scripts/lib/load/options.ts';
import { freePort } from '../../../../scripts/lib/system/free-port.ts';

const options = { url: 'http://localhost:8080', rps: '5', seconds: '30', yes: false };

describe('what may be loaded', () => {
  it.each(['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:9000'])('%s, this machine', (url) => {
    expect(readLoad({ ...options, url })).toMatchObject({ requestsPerSecond: 5, seconds: 30 });
  });

  it.each(['https://api.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com'])(
    '%s only with --yes',
    (url) => {
      expect(() => readLoad({ ...options, url })).toThrow(UsageError);
      expect(readLoad({ ...options, url, yes: true }).url).toBe(`${url}/`);
    },
  );

  it.each([
    [{ rps: '201' }, '--rps: expected a whole number from 1 to 200, got 201'],
    [{ rps: '0' }, '--rps'],
    [{ seconds: '601' }, '--seconds: expected a whole number from 1 to 600, got 601'],
    [{ seconds: '1e2' }, '--seconds'],
    [{ url: 'localhost:8080' }, '--url: expected an http or https URL'],
  ])('not with %j', (wrong, message) => {
    expect(() => readLoad({ ...options, ...wrong })).toThrow(message);
  });
});

describe('a load', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it('counts answers by status, sends the key and the photo, and is clean only with 200', async () => {
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

    const load = readLoad({
      ...options,
      url: `http://127.0.0.1:${port}`,
      'api-key': 'k',
      rps: '4',
      seconds: '2',
    });
    const result = await applyLoad(load);
    expect(seen).toMatchObject({ key: 'k', bytes: 35_042 });
    expect(result).toMatchObject({ statuses: { 200: 7, 429: 1 }, unanswered: 0, heldBack: 0 });
    expect(isClean(result)).toBe(false);
    expect(formatLoad(result)).toMatch(/^7 × 200, 1 × 429\np50 [\d.]+ ms, p95/);
  });

  it('counts what is not answered', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const result = await applyLoad(readLoad({ ...options, url, rps: '5', seconds: '1' }));
    expect(result).toMatchObject({ statuses: {}, unanswered: 5 });
    expect(isClean(result)).toBe(false);
  });
});
