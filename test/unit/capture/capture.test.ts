import { afterEach, beforeEach, expect, test, vi } from 'vitest';
// Loaded here already, because loading it counts as part of the time for the first image.
import '../../../lambda/capture/put-object.ts';
import { createGate } from '../../../lambda/budget/gate.ts';
import { type CaptureDependencies, createCapture } from '../../../lambda/capture/capture.ts';
import type { CapturedImage } from '../../../lambda/capture/object.ts';
import type { CaptureLoss } from '../../../lambda/telemetry/requests.ts';
import { type FakeS3, startFakeS3 } from '../../support/fake-s3.ts';

const CAPACITY = 1_000_000;
const MAX_AT_ONCE = 16;

let s3: FakeS3;
beforeEach(async () => {
  s3 = await startFakeS3();
});
afterEach(() => s3.close());

function captureOf(dependencies: Partial<CaptureDependencies> = {}, settings = {}) {
  const losses: CaptureLoss[] = [];
  const memory = createGate({ capacity: CAPACITY, maxWaiting: 4, maxWaitMs: 10_000, refusal: 'full' });
  const capture = createCapture(
    { ...s3.settings, ...settings },
    { memory, onLoss: (loss) => losses.push(loss), ...dependencies },
  );
  return { ...capture, losses, memory };
}

const image = (requestId: string, bytes = Uint8Array.of(1, 2, 3)): CapturedImage => ({
  requestId,
  index: undefined,
  bytes,
  format: 'jpeg',
  model: { name: 'resnet50', version: '1.0.0' },
  top: { index: 285, probability: 0.88 },
});

const ids = () => s3.objects.map(({ key }) => /([^/]+)\.jpeg$/.exec(key)?.[1]).sort();

test('stores a copy, so the request may overwrite and release its bytes at once', async () => {
  const { offer, finish, losses, memory } = captureOf();
  const bytes = Uint8Array.of(1, 2, 3);
  offer(image('first', bytes));
  expect(memory.used()).toBe(3);
  bytes.fill(9);
  bytes.buffer.transfer(0);
  await finish();
  expect(s3.objects[0]?.body).toEqual(Buffer.from([1, 2, 3]));
  expect(memory.used()).toBe(0);
  expect(losses).toEqual([]);
});

test('does not replace an image, although a client may choose the id of another request', async () => {
  const { offer, finish, losses } = captureOf();
  offer(image('chosen'));
  await finish();
  offer(image('chosen', Uint8Array.of(9)));
  await finish();
  expect(s3.objects.map(({ body }) => [...body])).toEqual([[1, 2, 3]]);
  expect(losses).toEqual([{ failed: 1, skipped: 0, reason: 'S3 answered 412 PreconditionFailed' }]);
});

test('stores the share of the images that the settings say', async () => {
  const numbers = [0, 0.249_999, 0.25, 0.5, 0.999_999];
  const next = numbers.values();
  const { offer, finish } = captureOf({ random: () => next.next().value ?? 1 }, { share: 0.25 });
  for (const number of numbers) offer(image(`n${number}`));
  await finish();
  expect(ids()).toEqual(['n0', 'n0.249999']);
});

test('stores all images with a share of 1', async () => {
  const { offer, finish } = captureOf();
  for (const id of ['a', 'b', 'c']) offer(image(id));
  await finish();
  expect(ids()).toEqual(['a', 'b', 'c']);
});

test('skips images while many are being stored, and counts them', async () => {
  const { offer, finish, losses } = captureOf();
  const offered = Array.from({ length: 3 * MAX_AT_ONCE }, (_, n) => `n${n}`);
  for (const id of offered) offer(image(id));
  await finish();
  expect(ids()).toEqual(offered.slice(0, MAX_AT_ONCE).sort());
  expect(losses).toEqual([{ failed: 0, skipped: 1, reason: '16 images are already being stored' }]);
  offer(image('afterwards'));
  await finish();
  expect(ids()).toContain('afterwards');
});

test('skips an image for which there is no memory, without waiting', async () => {
  const { offer, finish, losses, memory } = captureOf();
  const request = memory.tryReserve({ amount: CAPACITY - 10, isHeavy: true });
  offer(image('too-large', new Uint8Array(11)));
  offer(image('small', new Uint8Array(10)));
  await finish();
  request?.release();
  expect(ids()).toEqual(['small']);
  expect(losses).toEqual([{ failed: 0, skipped: 1, reason: 'The memory for request bodies is in use' }]);
});

test('never takes memory for which a request waits', async () => {
  const { offer, finish, memory } = captureOf();
  const first = memory.tryReserve({ amount: CAPACITY - 10, isHeavy: false });
  const waiting = memory.reserve({ amount: 20, isHeavy: false });
  offer(image('would-fit'));
  await finish();
  expect(s3.objects).toEqual([]);
  first?.release();
  (await waiting).release();
});

test('gives up after a second, and releases the memory', async () => {
  s3.behaviour = 'hangs';
  const { offer, finish, losses, memory } = captureOf();
  offer(image('slow', new Uint8Array(500_000)));
  await finish();
  expect(losses).toEqual([{ failed: 1, skipped: 0, reason: 'S3 did not answer within 1000 ms' }]);
  expect(memory.used()).toBe(0);
});

test('gives up earlier if the request has less time left', async () => {
  s3.behaviour = 'hangs';
  const { offer, finish, losses, memory } = captureOf();
  offer(image('slow'));
  await finish(20);
  expect(losses).toEqual([
    { failed: 1, skipped: 0, reason: 'S3 did not answer before the end of the request' },
  ]);
  expect(memory.used()).toBe(0);
});

test('reports the first loss at once, and the others together after a minute', async () => {
  s3.behaviour = 'refuses';
  const { offer, finish, losses } = captureOf();
  for (const id of ['a', 'b', 'c']) offer(image(id));
  await finish();
  expect(losses).toEqual([{ failed: 1, skipped: 0, reason: 'S3 answered 403 AccessDenied' }]);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
  offer(image('d'));
  await finish();
  clock.mockRestore();
  expect(losses[1]).toEqual({ failed: 3, skipped: 0, reason: 'S3 answered 403 AccessDenied' });
});

test('S3 that is down is a loss, and nothing else', async () => {
  const { offer, finish, losses } = captureOf({}, { endpoint: 'http://127.0.0.1:9' });
  offer(image('lost'));
  await finish();
  expect(losses).toEqual([{ failed: 1, skipped: 0, reason: 'S3 could not be reached (ECONNREFUSED)' }]);
});

test('has nothing to wait for if nothing is being stored', async () => {
  const { offer, finish } = captureOf({ random: () => 0.5 }, { share: 0.5 });
  offer(image('not-chosen'));
  await finish(0);
  expect(s3.objects).toEqual([]);
});
