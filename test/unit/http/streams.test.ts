import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStreams } from '../../../lambda/http/server/streams.ts';

const FAST = 200 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Two streams at a time. */
const streams = () => createStreams({ maxConnections: 8, addressShare: 1 });

function client() {
  const outgoing = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy: vi.fn(() => outgoing.emit('close')),
  });
  const socket = { remoteAddress: '192.0.2.1', bytesWritten: 0 };
  const start = ({ start }: ReturnType<typeof streams>) =>
    start({ socket } as unknown as IncomingMessage, outgoing as unknown as ServerResponse);
  return { outgoing, socket, start };
}

test('the slowest of the slow clients is disconnected for another one', () => {
  const limited = streams();
  const [slow, slower, third, fourth] = [client(), client(), client(), client()];
  slow.start(limited);
  slower.start(limited);
  slow.socket.bytesWritten += 2;
  slower.socket.bytesWritten += 1;
  vi.advanceTimersByTime(5000);
  third.start(limited);
  expect([slow, slower, third].map(({ outgoing }) => outgoing.destroy.mock.calls.length)).toEqual([0, 1, 0]);
  fourth.start(limited);
  expect(slow.outgoing.destroy).toHaveBeenCalledOnce();
});

test('clients that read fast, or have begun only now, keep their places', () => {
  const limited = streams();
  const [fast, young, third] = [client(), client(), client()];
  fast.start(limited);
  fast.socket.bytesWritten += FAST;
  vi.advanceTimersByTime(5000);
  young.start(limited);
  vi.advanceTimersByTime(4999);
  expect(() => third.start(limited)).toThrow('2 clients at a time');
  expect(limited.endSlowest()).toBe(false);
  young.outgoing.emit('close');
  third.start(limited);
});

test('a client that has gone before its answer takes no place, and none is left behind', () => {
  const limited = streams();
  const gone = client();
  gone.outgoing.destroyed = true;
  for (let count = 0; count < 5; count += 1) gone.start(limited);
  for (let count = 0; count < 5; count += 1) {
    const next = client();
    next.start(limited);
    next.outgoing.emit('close');
  }
  expect(vi.getTimerCount()).toBe(0);
});
