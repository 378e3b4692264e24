import { expect, test } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import type { Delivery, WebhookSender } from '../../../../lambda/jobs/webhook/sender.ts';
import { alice, BASE, bob, current, errorOf, openEngine, photo, requestOf, until } from './support.ts';

const url = 'https://receiver.example.com/hook';
const request = requestOf([{ url: 'https://example.com/1' }], { webhook: url });
const failed: Delivery = { kind: 'failed', reason: 'Expected a status from 200 to 299, got 500.' };

/** An engine whose webhooks meet with these answers, the last one again and again. */
async function withReceiver(...answers: Delivery[]) {
  const attempts: Parameters<WebhookSender>[] = [];
  const engine = await openEngine({
    fetchUrl: async (_, take) => void (await take(photo)),
    webhooks: {
      check: () => {},
      send: async (...attempt) => {
        attempts.push(attempt);
        return answers[Math.min(attempts.length, answers.length) - 1] ?? failed;
      },
    },
  });
  return { engine, attempts };
}

test('a webhook tells how a job has ended', async () => {
  const { engine, attempts } = await withReceiver({ kind: 'delivered' });
  const { id } = await engine.jobs.create(alice, request, undefined, BASE);
  await expect.poll(() => attempts).toHaveLength(1);
  const [to, message] = attempts[0] ?? [];
  expect([to, message?.type]).toEqual([url, 'job.succeeded']);
  expect(JSON.parse(message?.body ?? '')).toMatchObject({
    data: { job_id: id, counts: { total: 1, succeeded: 1, failed: 0, pending: 0 } },
  });
  await engine.close();
  const again = await withReceiver({ kind: 'delivered' });
  await again.engine.close();
  expect(again.attempts).toEqual([]);
});

test('a webhook that failed is tried again, also after a restart, with the same message', async () => {
  const first = await withReceiver(failed);
  const job = await first.engine.jobs.create(alice, request, undefined, BASE);
  await until(first.engine, job);
  await expect.poll(() => first.attempts).toHaveLength(1);
  await first.engine.close();

  const early = await withReceiver();
  await early.engine.close();
  expect(early.attempts).toEqual([]);

  current.time += 6000;
  const second = await withReceiver({ kind: 'delivered' });
  await expect.poll(() => second.attempts).toHaveLength(1);
  expect(second.attempts[0]?.[1]).toEqual(first.attempts[0]?.[1]);
});

test('a webhook is given up after an hour', async () => {
  const first = await withReceiver(failed);
  await until(first.engine, await first.engine.jobs.create(alice, request, undefined, BASE));
  await expect.poll(() => first.attempts).toHaveLength(1);
  await first.engine.close();
  for (let attempt = 2; attempt <= 8; attempt += 1) {
    current.time += 30 * 60_000;
    const { engine, attempts } = await withReceiver(failed);
    await expect.poll(() => attempts).toHaveLength(1);
    await engine.close();
    expect(engine.problems).toHaveLength(attempt === 8 ? 1 : 0);
  }
  current.time += 30 * 60_000;
  const { engine, attempts } = await withReceiver(failed);
  await engine.close();
  expect(attempts).toEqual([]);
});

test('a receiver that wants no more gets no more', async () => {
  const first = await withReceiver({ kind: 'gone' });
  await until(first.engine, await first.engine.jobs.create(alice, request, undefined, BASE));
  await expect.poll(() => first.attempts).toHaveLength(1);
  await first.engine.close();
  current.time += 30 * 60_000;
  const { engine, attempts } = await withReceiver({ kind: 'gone' });
  await engine.close();
  expect(attempts).toEqual([]);
  expect(first.engine.problems).toEqual([]);
});

test('an owner whose receivers do not answer holds up the webhooks of others for one attempt only', async () => {
  const attempts: { readonly url: string; readonly answer: (delivery: Delivery) => void }[] = [];
  const engine = await openEngine({
    fetchUrl: async (_, take) => void (await take(photo)),
    webhooks: {
      check: () => {},
      send: (to) => {
        const { promise, resolve } = Promise.withResolvers<Delivery>();
        attempts.push({ url: to, answer: resolve });
        return promise;
      },
    },
  });
  const theirs = 'https://other.example.com/hook';
  for (const [owner, webhook] of [
    ...Array.from({ length: 9 }, () => [alice, url] as const),
    [bob, theirs],
  ] as const) {
    const job = await engine.jobs.create(owner, { ...request, webhook }, undefined, BASE);
    await until(engine, job, undefined, owner);
  }
  await expect.poll(() => attempts).toHaveLength(4);
  attempts[0]?.answer(failed);
  await expect.poll(() => attempts[4]?.url).toBe(theirs);
  for (let index = 1; index < 10; index += 1) {
    await expect.poll(() => attempts.length).toBeGreaterThan(index);
    attempts[index]?.answer({ kind: 'delivered' });
  }
});

test('a webhook that is not allowed is refused when the job is created', async () => {
  const engine = await openEngine({
    webhooks: {
      check: () => {
        throw new ServiceError('url_not_allowed', 'The URL of the webhook is not allowed.');
      },
      send: async () => failed,
    },
  });
  expect(await errorOf(engine.jobs.create(alice, request, undefined, BASE))).toMatchObject({
    code: 'url_not_allowed',
  });
});
