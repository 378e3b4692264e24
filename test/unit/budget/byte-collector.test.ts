import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createByteCollector, withCollectedBytes } from '../../../lambda/budget/byte-collector.ts';
import { createGate } from '../../../lambda/budget/gate.ts';

const MIB = 2 ** 20;
const gateOf = (capacity = 64 * MIB, maxWaitMs = 60_000) =>
  createGate({ capacity, maxWaiting: 4, maxWaitMs, refusal: 'full' });
const tooLarge = () => new Error('too large');
const collectorOf = (gate = gateOf(), maxBytes = 10 * MIB, expectedBytes?: number) =>
  createByteCollector({ gate, maxBytes, expectedBytes, tooLarge });

describe('a byte collector', () => {
  test('keeps every byte in order, however they are split into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 70_000 }), { maxLength: 12 }), async (pieces) => {
        const collector = collectorOf();
        for (const piece of pieces) await collector.add(piece);
        expect(Buffer.compare(collector.bytes(), Buffer.concat(pieces))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('reserves memory for what has arrived, not for what was announced', () => {
    const gate = gateOf();
    const collector = collectorOf(gate, 10 * MIB, 10 * MIB);
    collector.add(new Uint8Array(1));
    expect(gate.used()).toBe(64 * 1024);
    for (let sent = 0; sent < MIB; sent += 1024) collector.add(new Uint8Array(1024));
    expect(gate.used()).toBeLessThanOrEqual(2 * MIB);
    expect(gate.used()).toBeGreaterThanOrEqual(MIB);
  });

  test('reserves no more than was announced', () => {
    const gate = gateOf();
    const collector = collectorOf(gate, 10 * MIB, 35_000);
    collector.add(new Uint8Array(35_000));
    expect(gate.used()).toBe(35_000);
  });

  test('never holds more than one and a half times the largest size, wherever the bytes end', () => {
    // Just above a power of two, so that doubling from below would hold almost twice as much.
    const maxBytes = 2 ** 23 + 1001;
    for (const expectedBytes of [maxBytes, undefined]) {
      const gate = gateOf(Math.floor(1.5 * maxBytes));
      const collector = collectorOf(gate, maxBytes, expectedBytes);
      for (let sent = 0; sent < maxBytes; sent += 65_536) {
        expect(collector.add(new Uint8Array(Math.min(65_536, maxBytes - sent)))).toBeUndefined();
      }
      expect(collector.bytes()).toHaveLength(maxBytes);
    }
  });

  test('reserves a size that is certain at once, and no more', () => {
    const gate = gateOf(8 * MIB);
    const collector = collectorOf(gate);
    collector.expect(8 * MIB);
    collector.add(new Uint8Array(1));
    expect(gate.used()).toBe(8 * MIB);
    collector.add(new Uint8Array(8 * MIB - 1));
    expect(collector.bytes()).toHaveLength(8 * MIB);
    expect(() => collector.expect(10 * MIB + 1)).toThrow('too large');
  });

  test('reserves what its bytes become together with them', () => {
    const gate = gateOf(3 * MIB);
    const collector = createByteCollector({
      gate,
      maxBytes: 2 * MIB,
      expectedBytes: MIB,
      copies: 2,
      tooLarge,
    });
    collector.add(new Uint8Array(1));
    expect(gate.used()).toBe(3 * MIB);
    collector.add(new Uint8Array(MIB - 1));
    expect(collector.bytes()).toHaveLength(MIB);
    collector.release();
    expect(gate.used()).toBe(0);
  });

  test('keeps a million pieces of one byte in about a million bytes', () => {
    const gate = gateOf();
    const collector = collectorOf(gate);
    const piece = new Uint8Array(1);
    for (let sent = 0; sent < 1_000_000; sent += 1) collector.add(piece);
    expect(collector.bytes()).toHaveLength(1_000_000);
    expect(gate.used()).toBeLessThan(2 * MIB);
  });

  test('waits for memory, then continues', async () => {
    const gate = gateOf(100_000);
    const other = await gate.reserve({ amount: 60_000, isHeavy: false });
    const collector = collectorOf(gate, 80_000, 80_000);
    const added = collector.add(new Uint8Array([1, 2, 3]));
    expect(added).toBeInstanceOf(Promise);
    other.release();
    await added;
    collector.add(new Uint8Array([4]));
    expect([...collector.bytes()]).toEqual([1, 2, 3, 4]);
  });

  test('refuses more than the most bytes to accept', () => {
    const collector = collectorOf(gateOf(), 10);
    collector.add(new Uint8Array(10));
    expect(() => collector.add(new Uint8Array(1))).toThrow('too large');
  });
});

describe('collected bytes', () => {
  const fill = (bytes: number) => async (add: (piece: Uint8Array) => Promise<void> | undefined) => {
    await add(new Uint8Array(bytes));
  };

  test('are gone, and their memory is released, after success', async () => {
    const gate = gateOf();
    const bytes = await withCollectedBytes({ gate, maxBytes: MIB, tooLarge }, fill(1000), async (view) => {
      expect(gate.used()).toBeGreaterThanOrEqual(1000);
      return view;
    });
    expect(bytes.buffer.detached).toBe(true);
    expect(gate.used()).toBe(0);
  });

  test.each([
    ['the reader fails', async () => Promise.reject(new Error('broken')), async () => {}, 'broken'],
    ['there are too many bytes', fill(2 * MIB), async () => {}, 'too large'],
    ['the work fails', fill(10), async () => Promise.reject(new Error('failed')), 'failed'],
  ])('release their memory if %s', async (_what, filling, use, message) => {
    const gate = gateOf();
    const work = withCollectedBytes({ gate, maxBytes: MIB, tooLarge }, filling, use);
    await expect(work).rejects.toThrow(message);
    expect(gate.used()).toBe(0);
  });

  test('release their memory if the wait for more memory times out or is aborted', async () => {
    const gate = gateOf(100_000, 20);
    await gate.reserve({ amount: 60_000, isHeavy: false });
    const settings = { gate, maxBytes: 80_000, tooLarge };
    const grow = async (add: (piece: Uint8Array) => Promise<void> | undefined) => {
      await add(new Uint8Array(10_000));
      await add(new Uint8Array(60_000));
    };
    await expect(
      withCollectedBytes({ ...settings, expectedBytes: 10_000 }, grow, async () => {}),
    ).rejects.toMatchObject({ code: 'overloaded' });
    const leaving = new AbortController();
    const given = withCollectedBytes(
      { ...settings, expectedBytes: 10_000, signal: leaving.signal },
      grow,
      async () => {},
    );
    leaving.abort(new Error('gone'));
    await expect(given).rejects.toThrow('gone');
    expect(gate.used()).toBe(60_000);
  });
});
