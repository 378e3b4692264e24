import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { measureKinds } from '../../../bench/lib/explain/measure.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const RIGHT: Readonly<Record<string, unknown>> = {
  '/predict': { predictions: [{}] },
  '/predict?explain=1': { predictions: [{}], explanation: { maps: [{}] } },
  '/predict?explain=3': { predictions: [{}], explanation: { maps: [{}, {}, {}] } },
  '/embed application/json': { embeddings: [{ embedding: [0.5] }] },
  '/embed application/octet-stream': Buffer.alloc(8),
};
const PHOTO = Buffer.from('photo');

/** A service that uses 20 ms of CPU time for each request. */
async function serve(answers: Readonly<Record<string, unknown>>) {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const photo = await buffer(request);
    const { url = '' } = request;
    const answer = answers[url] ?? answers[`${url} ${request.headers.accept}`];
    calls.push(url);
    const isRight = answer !== undefined && photo.equals(PHOTO);
    response.statusCode = isRight ? 200 : 404;
    response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
  });
  return {
    calls,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    usage: async () => ({ cpuSeconds: calls.length * 0.02, peakMiB: 0, residentMiB: 0, anonymousMiB: 0 }),
  };
}

describe('measureKinds', () => {
  it('measures the kinds in turns, after a round that does not count', async () => {
    const service = await serve(RIGHT);
    const kinds = ['predict', 'explain1', 'explain3', 'embed', 'embedBytes'] as const;
    const measured = await measureKinds(service, PHOTO, kinds, { rounds: 2, requests: 3 });
    expect(Object.keys(measured)).toEqual(kinds);
    for (const rounds of Object.values(measured)) {
      expect(rounds).toHaveLength(2);
      for (const { p50Ms, cpuMs } of rounds) {
        expect(p50Ms).toBeGreaterThan(0);
        expect(cpuMs).toBeCloseTo(20, 6);
      }
    }
    const starts = service.calls.filter((_, index) => index % 3 === 0);
    expect(starts.slice(0, 5)).toEqual([
      '/predict',
      '/predict?explain=1',
      '/predict?explain=3',
      '/embed',
      '/embed',
    ]);
    expect(starts.slice(10, 12)).toEqual(['/predict?explain=1', '/predict?explain=3']);
  });

  it.each([
    ['explain3', { '/predict?explain=3': RIGHT['/predict?explain=1'] }, /explanation/],
    ['embed', { '/embed': { embeddings: [] } }, /embeddings/],
    ['embedBytes', { '/embed': Buffer.alloc(5) }, /Expected float32 values, got 5 bytes/],
    ['predict', {}, /\/predict: expected 200, got 404/],
  ] as const)('refuses a wrong answer to %s', async (kind, answers, message) => {
    const service = await serve(answers);
    await expect(measureKinds(service, PHOTO, [kind], { rounds: 1, requests: 1 })).rejects.toThrow(message);
  });
});
