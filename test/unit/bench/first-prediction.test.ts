import { createServer } from 'node:http';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { firstPrediction } from '../../../bench/lib/subjects/first-prediction.ts';
import { freePort } from '../../../scripts/lib/system/free-port.ts';

const known = { image: Buffer.from('a photo'), expectedTop: 285 };
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

/** Listens on a port, and answers with one status after the other, each with the class. */
function listen(port: number, index: number, ...statuses: readonly number[]) {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(statuses[requests] ?? 500);
    response.end(JSON.stringify({ predictions: [{ index }] }));
    requests += 1;
  }).listen(port);
  stack.defer(() => {
    server.close();
  });
}

describe('firstPrediction', () => {
  it('waits until the server listens, and then until it predicts', async () => {
    const port = await freePort();
    const giveUp = vi.fn(async () => {
      if (giveUp.mock.calls.length === 2) listen(port, 285, 503, 200);
    });
    await firstPrediction(port, 'form', known, giveUp);
    expect(giveUp).toHaveBeenCalledTimes(3);
  });

  it('fails on another class', async () => {
    const port = await freePort();
    listen(port, 7, 200);
    await expect(firstPrediction(port, 'form', known, async () => {})).rejects.toThrow(
      'expected top-1 class 285, got 7',
    );
  });

  it('ends when its caller gives up', async () => {
    const giveUp = async () => {
      throw new Error('it has ended');
    };
    await expect(firstPrediction(await freePort(), 'form', known, giveUp)).rejects.toThrow('it has ended');
  });
});
