import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { type LoadOrder, startLoadClient } from '../../../bench/lib/load/client.ts';
import { example } from '../../../scripts/lib/paths.ts';

const CAT = 285;
const ANSWER = JSON.stringify({ predictions: [{ index: CAT }] });
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

/** A server that answers after 50 ms, and counts what it received, and what clients no longer waited for. */
async function startServer(answer: (response: ServerResponse) => void = (response) => response.end(ANSWER)) {
  const counts = { received: 0, abandoned: 0 };
  const server = createServer(async (request, response) => {
    counts.received += 1;
    response.on('close', () => {
      if (!response.writableFinished) counts.abandoned += 1;
    });
    request.resume();
    await sleep(50);
    answer(response);
  }).listen(0);
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
  });
  return { counts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function apply(url: string, length: LoadOrder['length'], clients = 4) {
  const requests = [{ photos: [example('cat.jpg')], expectedTop: [CAT] }];
  return stack.use(startLoadClient()).apply({ url, protocol: 'form', requests, clients, length });
}

describe('a load', () => {
  it('of some seconds ends when every request has its answer', async () => {
    const { counts, url } = await startServer();
    const { seconds, latenciesMs, answered, refused } = await apply(url, { seconds: 1 });
    expect(counts.abandoned).toBe(0);
    expect(answered).toBe(counts.received);
    // The last answers come after the second.
    expect(latenciesMs.length).toBeLessThan(answered);
    expect(latenciesMs.length).toBeGreaterThanOrEqual(answered - 4);
    expect({ seconds, refused }).toEqual({ seconds: 1, refused: 0 });
  });

  it('of some requests sends no more than those', async () => {
    const { counts, url } = await startServer();
    const { latenciesMs, answered } = await apply(url, { requests: 10 });
    expect([counts.received, answered, latenciesMs.length]).toEqual([10, 10, 10]);
  });

  it('counts refusals, and fails on another status or another class', async () => {
    const busy = await startServer((response) => response.writeHead(503).end());
    expect(await apply(busy.url, { requests: 5 })).toMatchObject({ refused: 5, answered: 0 });
    const broken = await startServer((response) => response.writeHead(500).end());
    await expect(apply(broken.url, { requests: 5 })).rejects.toThrow('got 500');
    const wrong = await startServer((response) => response.end(ANSWER.replace('285', '7')));
    await expect(apply(wrong.url, { requests: 5 })).rejects.toThrow('expected the classes 285 first');
  });
});
