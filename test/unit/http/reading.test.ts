import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { limitReading } from '../../../lambda/http/server/reading.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An answer of this type on a connection that has taken some bytes. */
function answering(type: string) {
  const outgoing = Object.assign(new EventEmitter(), { destroy: vi.fn(() => outgoing.emit('close')) });
  const socket = { bytesWritten: 1000, setKeepAlive: vi.fn() };
  const response = new Response('x', { headers: { 'content-type': type } });
  limitReading(response, outgoing as unknown as ServerResponse, socket as unknown as Socket);
  return { outgoing, socket };
}

describe('the client of results', () => {
  test('may read for hours', () => {
    const { outgoing, socket } = answering('application/x-ndjson');
    for (let read = 0; read < 1000; read += 1) {
      socket.bytesWritten += 64 * 1024;
      vi.advanceTimersByTime(20_000);
    }
    expect(outgoing.destroy).not.toHaveBeenCalled();
    outgoing.emit('finish');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is disconnected when it reads less than 3 KB/s', () => {
    const { outgoing, socket } = answering('application/x-ndjson');
    socket.bytesWritten += 64 * 1024;
    vi.advanceTimersByTime(20_000);
    socket.bytesWritten += 64 * 1024 - 1;
    vi.advanceTimersByTime(20_000);
    expect(outgoing.destroy).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('the client of any other answer has 20 s', () => {
  const { outgoing, socket } = answering('application/json');
  socket.bytesWritten += 10 * 64 * 1024;
  vi.advanceTimersByTime(19_999);
  expect(outgoing.destroy).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(outgoing.destroy).toHaveBeenCalledOnce();
});

test('the client of events has no limit, but the system probes it', () => {
  const { outgoing, socket } = answering('text/event-stream');
  vi.advanceTimersByTime(3_600_000);
  expect(outgoing.destroy).not.toHaveBeenCalled();
  expect(socket.setKeepAlive).toHaveBeenCalledWith(true, 30_000);
});
