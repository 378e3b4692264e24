import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { apiKey } from '../../../../scripts/lib/credentials/credentials.ts';
import { callService } from '../../../../scripts/lib/smoke/request.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: Parameters<typeof createServer>[1] & {}): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a redirect is an answer, so that no other host gets the credentials', async () => {
  const keys: unknown[] = [];
  const elsewhere = await serve((request, response) => {
    keys.push(request.headers['x-api-key']);
    response.end('{}');
  });
  const url = await serve((request, response) => {
    keys.push(request.headers['x-api-key']);
    response.writeHead(307, { location: elsewhere }).end();
  });
  const answer = await callService({ url, credentials: apiKey('key', 'the key') }, 'health');
  expect(answer.status).toBe(307);
  expect(keys).toEqual(['key']);
});
