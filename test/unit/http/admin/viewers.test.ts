import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import {
  createViewers,
  MAX_UNREAD,
  MAX_VIEWERS,
  type Viewers,
} from '../../../../lambda/http/admin/viewers.ts';
import type { LiveEvent } from '../../../../lambda/telemetry/live/live.ts';

const listeners = new Set<(event: LiveEvent) => void>();
let viewers: Viewers;

const publish = (data: string) => {
  for (const listener of [...listeners]) listener({ name: 'second', data });
};

beforeEach(() => {
  listeners.clear();
  viewers = createViewers({
    soFar: () => [
      { name: 'info', data: '{}' },
      { name: 'history', data: '{"seconds":[]}' },
    ],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
});

async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value && new TextDecoder().decode(value);
}

describe('a viewer', () => {
  test('gets what there is so far, and then each event', async () => {
    const reader = viewers.open().getReader();
    expect(await read(reader)).toBe('event: info\ndata: {}\n\n');
    expect(await read(reader)).toBe('event: history\ndata: {"seconds":[]}\n\n');
    publish('{"t":1}');
    expect(await read(reader)).toBe('event: second\ndata: {"t":1}\n\n');
  });

  test('that goes holds nothing', async () => {
    await viewers.open().cancel();
    expect(listeners.size).toBe(0);
  });

  test('that does not read is disconnected, and nothing more is kept for it', async () => {
    const disconnect = vi.fn();
    const stream = viewers.open(disconnect);
    for (let second = 0; second < 1000; second += 1) publish('{}');
    expect(disconnect).toHaveBeenCalledOnce();
    expect(listeners.size).toBe(0);
    const reader = stream.getReader();
    let kept = 0;
    while (kept < 2 + MAX_UNREAD && (await read(reader)) !== undefined) kept += 1;
    expect(kept).toBe(2 + MAX_UNREAD);
    const more = await Promise.race([
      read(reader),
      new Promise((resolve) => setImmediate(resolve, 'nothing')),
    ]);
    expect(more).toBe('nothing');
  });

  test('that reads late, but reads, stays', async () => {
    const disconnect = vi.fn();
    const reader = viewers.open(disconnect).getReader();
    for (let second = 0; second < 10; second += 1) publish('{}');
    for (let second = 0; second < 100; second += 1) {
      publish('{}');
      await read(reader);
    }
    expect(disconnect).not.toHaveBeenCalled();
  });
});

describe('the number of viewers', () => {
  test('is limited, and a place becomes free when one goes', async () => {
    const streams = Array.from({ length: MAX_VIEWERS }, () => viewers.open());
    expect(() => viewers.open()).toThrowError(
      expect.objectContaining({ code: 'overloaded', retryAfterSeconds: expect.any(Number) }),
    );
    await streams[3]?.cancel();
    viewers.open();
    expect(() => viewers.open()).toThrowError(ServiceError);
  });

  test('does not count one that was disconnected', () => {
    for (let index = 0; index < MAX_VIEWERS; index += 1) viewers.open();
    for (let second = 0; second <= MAX_UNREAD; second += 1) publish('{}');
    expect(() => viewers.open()).not.toThrow();
  });
});

describe('at the end', () => {
  test('all streams end, and nobody gets in again', async () => {
    const readers = [viewers.open(), viewers.open()].map((stream) => stream.getReader());
    viewers.endAll();
    for (const reader of readers) {
      await read(reader);
      await read(reader);
      expect(await read(reader)).toBeUndefined();
    }
    expect(listeners.size).toBe(0);
    expect(() => viewers.open()).toThrowError(expect.objectContaining({ code: 'not_ready' }));
  });

  test('a viewer that does not read is disconnected', async () => {
    const disconnected = new Promise<void>((resolve) => viewers.open(resolve));
    viewers.endAll();
    await disconnected;
  });
});
