import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, createGate, type GateSettings, type Reservation } from '../../../lambda/budget/gate.ts';

const gateOf = (settings: Partial<GateSettings> = {}) =>
  createGate({ capacity: 10, maxWaiting: 4, maxWaitMs: 60_000, refusal: 'full', ...settings });
const light = (amount: number, more: Partial<Claim> = {}): Claim => ({ amount, isHeavy: false, ...more });
const heavy = (amount: number, more: Partial<Claim> = {}): Claim => ({ amount, isHeavy: true, ...more });
const OVERLOADED = { code: 'overloaded', detail: 'full', retryAfterSeconds: 1 };

/** Whether a promise has settled by now. */
const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

describe('a gate', () => {
  test('grants no more than its capacity, and what is released goes to waiting claims in order', async () => {
    const gate = gateOf();
    const first = await gate.reserve(light(8));
    const second = gate.reserve(light(5));
    const third = gate.reserve(light(2));
    expect(await isSettled(second)).toBe(false);
    expect(await isSettled(third), 'it would fit, but must not overtake').toBe(false);
    first.release();
    await Promise.all([second, third]);
    expect(gate.used()).toBe(7);
  });

  test('has a queue if claims wait for the capacity, but not if they wait for their share', async () => {
    const gate = gateOf({ heavyCapacity: 5 });
    await gate.reserve(heavy(5));
    void gate.reserve(heavy(5));
    expect(gate.waiting()).toBe(1);
    expect(gate.hasQueue(), 'half of the capacity is free').toBe(false);
    await gate.reserve(light(5));
    void gate.reserve(light(1));
    expect(gate.hasQueue()).toBe(true);
  });

  test('counts a reservation that is released twice only once', async () => {
    const gate = gateOf();
    const reservation = await gate.reserve(light(3));
    await gate.reserve(light(3));
    reservation.release();
    reservation.release();
    expect(gate.used()).toBe(3);
  });

  test('refuses immediately if the queue is full', async () => {
    const gate = gateOf({ maxWaiting: 1 });
    await gate.reserve(light(10));
    void gate.reserve(light(1));
    await expect(gate.reserve(light(1))).rejects.toMatchObject(OVERLOADED);
  });

  test('refuses a claim that has waited too long, and grants those behind it', async () => {
    const gate = gateOf({ maxWaitMs: 20 });
    await gate.reserve(light(6));
    await expect(gate.reserve(light(5))).rejects.toMatchObject(OVERLOADED);
    expect(gate.waiting()).toBe(0);
    expect((await gate.reserve(light(4))).amount).toBe(4);
  });

  test('drops a claim whose signal aborts, with the reason of the signal', async () => {
    const gate = gateOf();
    await gate.reserve(light(6));
    const leaving = new AbortController();
    const large = gate.reserve(light(5, { signal: leaving.signal }));
    const behind = gate.reserve(light(4));
    leaving.abort(new Error('gone'));
    await expect(large).rejects.toThrow('gone');
    await behind;
    expect(gate.used()).toBe(10);
    await expect(gate.reserve(light(1, { signal: leaving.signal }))).rejects.toThrow('gone');
  });
});

describe('heavy claims', () => {
  test('leave room for light ones', async () => {
    const gate = gateOf({ heavyCapacity: 6 });
    await gate.reserve(heavy(6));
    const waiting = gate.reserve(heavy(1));
    expect(await isSettled(waiting)).toBe(false);
    expect((await gate.reserve(light(4))).amount).toBe(4);
  });

  test('do not fill the queue', async () => {
    const gate = gateOf({ heavyCapacity: 5, maxWaiting: 4 });
    await gate.reserve(light(10));
    void gate.reserve(heavy(1));
    void gate.reserve(heavy(1));
    await expect(gate.reserve(heavy(1))).rejects.toMatchObject(OVERLOADED);
    expect(await isSettled(gate.reserve(light(1)))).toBe(false);
    expect(gate.waiting()).toBe(3);
  });

  test('are not starved by light ones', async () => {
    const gate = gateOf({ heavyCapacity: 8 });
    const first = await gate.reserve(light(5));
    const second = await gate.reserve(light(5));
    const large = gate.reserve(heavy(8));
    const late = gate.reserve(light(5));
    first.release();
    expect(await isSettled(late), 'what is free is kept for the heavy claim').toBe(false);
    second.release();
    expect((await large).amount).toBe(8);
  });
});

describe('one owner', () => {
  test('gets only its share, and others pass it', async () => {
    const gate = gateOf({ ownerCapacity: 5 });
    await gate.reserve(light(5, { owner: 'a' }));
    const waiting = gate.reserve(light(1, { owner: 'a' }));
    expect(await isSettled(waiting)).toBe(false);
    const other = await gate.reserve(light(5, { owner: 'b' }));
    expect(other.amount).toBe(5);
  });

  test('does not fill the queue', async () => {
    const gate = gateOf({ ownerCapacity: 5, maxWaiting: 4 });
    await gate.reserve(light(10));
    void gate.reserve(light(1, { owner: 'a' }));
    void gate.reserve(light(1, { owner: 'a' }));
    await expect(gate.reserve(light(1, { owner: 'a' }))).rejects.toMatchObject(OVERLOADED);
    void gate.reserve(light(1, { owner: 'b' }));
    expect(gate.waiting()).toBe(3);
  });
});

test('any sequence of claims stays within the capacity, and all of it is released in the end', async () => {
  const step = fc.record({
    amount: fc.integer({ min: 1, max: 6 }),
    isHeavy: fc.boolean(),
    owner: fc.constantFrom('a', 'b', undefined),
    fate: fc.constantFrom('release', 'abort', 'hold'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const gate = gateOf({ heavyCapacity: 7, ownerCapacity: 8, maxWaiting: 6 });
      const held: Reservation[] = [];
      const pending: Promise<unknown>[] = [];
      for (const { fate, ...claim } of steps) {
        const leaving = new AbortController();
        const asked = gate.reserve({ ...claim, signal: leaving.signal }).then(
          (reservation) => {
            held.push(reservation);
          },
          () => {},
        );
        pending.push(asked);
        if (fate === 'abort') leaving.abort();
        await Promise.resolve();
        if (fate === 'release') held.shift()?.release();
        expect(gate.used()).toBeLessThanOrEqual(gate.capacity);
      }
      while (held.length > 0 || gate.waiting() > 0) {
        held.shift()?.release();
        await new Promise((resolve) => setImmediate(resolve));
        expect(gate.used()).toBeLessThanOrEqual(gate.capacity);
      }
      await Promise.all(pending);
      for (const reservation of held) reservation.release();
      expect(gate.used()).toBe(0);
    }),
    { numRuns: 200 },
  );
});
