import { beforeEach, expect, test, vi } from 'vitest';
import { createGate } from '../../../lambda/budget/gate.ts';
import { ServiceError } from '../../../lambda/errors.ts';
import { createInputClassifier, type InputClassifierSettings } from '../../../lambda/jobs/classify-input.ts';
import type { ReadyModel } from '../../../lambda/prediction/model-access.ts';
import type { Models } from '../../../lambda/prediction/models.ts';
import type { Predictor } from '../../../lambda/prediction/predictor.ts';

const identity = { name: 'fake', version: '9.9.9' };
const item = {
  index: 7,
  input: { url: 'https://example.com/cat.jpg' },
  options: { topK: 1, explain: 0 },
  model: undefined,
} as const;
const classified = { predictions: [], image: { format: 'jpeg', width: 1, height: 1, bytes: 3 } } as const;
const overloaded = new ServiceError('overloaded', 'The service is busy.');

const predict = vi.fn<Predictor['classify']>();
const whenReady = vi.fn<() => Promise<ReadyModel>>();
let bodies = createGate({ capacity: 1_000_000, maxWaiting: 0, maxWaitMs: 0, refusal: 'busy' });

beforeEach(() => {
  vi.resetAllMocks();
  bodies = createGate({ capacity: 1_000_000, maxWaiting: 0, maxWaitMs: 0, refusal: 'busy' });
  predict.mockResolvedValue({ results: [classified], decodeMs: 0, inferenceMs: 0 });
  whenReady.mockResolvedValue({ predictor: { classify: predict } } as unknown as ReadyModel);
});

const readInput: InputClassifierSettings['readInput'] = async (_, take) => {
  await take(new Uint8Array([1, 2]));
  await take(new Uint8Array([3]));
};

function classifyInput(
  settings: Partial<InputClassifierSettings> = {},
  signal = new AbortController().signal,
) {
  const find = async () =>
    ({ identify: async () => identity, whenReady }) as unknown as ReturnType<Models['find']>;
  return createInputClassifier({ models: { find }, bodies, maxImageBytes: 100_000, readInput, ...settings })(
    item,
    signal,
  );
}

test('the bytes of an input are classified, and their memory is released', async () => {
  predict.mockImplementation(async ([image]) => {
    expect(image && 'bytes' in image && [...image.bytes]).toEqual([1, 2, 3]);
    expect(bodies.used()).toBeGreaterThan(0);
    return { results: [classified], decodeMs: 0, inferenceMs: 0 };
  });
  expect(await classifyInput()).toEqual({
    index: 7,
    input: item.input,
    model: identity,
    outcome: classified,
  });
  expect(bodies.used()).toBe(0);
});

test('what is wrong with an input is its result', async () => {
  const error = new ServiceError('url_fetch_failed', 'Expected status 200 from the host, got 404.');
  expect(await classifyInput({ readInput: () => Promise.reject(error) })).toMatchObject({
    model: identity,
    outcome: { error },
  });
  expect(await classifyInput({ maxImageBytes: 2 })).toMatchObject({
    outcome: { error: { code: 'image_too_large' } },
  });
  const find = () => Promise.reject(new ServiceError('model_not_found', 'There is none.'));
  expect(await classifyInput({ models: { find } })).toMatchObject({
    model: undefined,
    outcome: { error: { code: 'model_not_found' } },
  });
  predict.mockRejectedValue(new Error('The model failed.'));
  expect(await classifyInput()).toMatchObject({ outcome: { error: { code: 'internal' } } });
  expect(bodies.used()).toBe(0);
});

test('that the service is busy or not ready is no result: it is tried again, without reading again', async () => {
  whenReady.mockRejectedValueOnce(new ServiceError('not_ready', 'The model is still loading.'));
  predict.mockRejectedValueOnce(overloaded);
  const read = vi.fn(readInput).mockRejectedValueOnce(overloaded);
  expect(await classifyInput({ readInput: read })).toMatchObject({ outcome: classified });
  expect([whenReady, read, predict].map((mock) => mock.mock.calls.length)).toEqual([2, 2, 2]);
});

test.each([
  ['busy', overloaded],
  ['gone', new DOMException('aborted', 'AbortError')],
])('the end of the work is no result either (%s)', async (_, error) => {
  const abort = new AbortController();
  const reason = new ServiceError('internal', 'The worker stops.');
  predict.mockImplementation(async () => {
    abort.abort(reason);
    throw error;
  });
  await expect(classifyInput({}, abort.signal)).rejects.toBe(reason);
  expect(bodies.used()).toBe(0);
});

test('an error of the storage is not the input’s', async () => {
  const error = new Error('The connection to S3 was reset.');
  await expect(classifyInput({ readInput: () => Promise.reject(error) })).rejects.toBe(error);
});
