import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../../scripts/lib/supply/registry/read.ts';
import { runTool } from '../../../../scripts/lib/supply/tools.ts';
import { missingTools } from './registry.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;
const login = { env: {}, [Symbol.dispose]() {} };

describe.skipIf(missingTools.length > 0)('a registry that is out of order', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** @returns the host of a registry that answers so to everything but the question whether it is one. */
  async function start(answer: RequestListener): Promise<string> {
    server = createServer((request, response) => {
      if (request.url === '/v2/') response.end();
      else answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('does not hold a command for ever', async () => {
    const host = await start(() => {});
    await expect(runTool('crane', ['digest', `${host}/images:one`], {}, 3000)).rejects.toThrow(
      `crane digest ${host}/images:one: expected an end within 0.05 minutes, got none`,
    );
  });

  test('gives away no address with a signature', async () => {
    const host = await start(({ url = '' }, response) => {
      if (url.startsWith('/layers')) response.writeHead(403).end();
      else response.writeHead(307, { location: `http://${host}/layers?X-Amz-Signature=secret&b` }).end();
    });
    const copy = ['copy', '--no-tty', '--to-plain-http', '--from-plain-http'];
    const error: Error = await runTool('oras', [...copy, `${host}/images@${DIGEST}`, `${host}/copy`]).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error.message).toContain(`"http://${host}/layers?…"`);
    expect(error.message).not.toContain('secret');
    // Nor where this machine has its tools.
    expect(error.message).toMatch(/^oras copy --no-tty /);
  });

  test('is not taken for one without the tag', async () => {
    const host = await start(({ method }, response) => {
      response.writeHead(method === 'HEAD' ? 404 : 403).end();
    });
    await expect(digestOf(`${host}/images`, 'one', login)).rejects.toThrow('403 Forbidden');
  });
});
